import { channel } from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';

/** Pages, their assets, GraphQL (which describes itself), and the documents. */
const NOT_REST = /^\/(\*|graphql|graphiql|outbox|docs.*)?$/;

/** The REST addresses of each server that starts until `stop`, as `GET /a/:b`: seen at the server, not through what describes it. */
export function noteRoutes(): { routes: string[]; stop(): void } {
  const routes: string[] = [];
  const note = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) if (one !== 'HEAD' && !NOT_REST.test(url)) routes.push(`${one} ${url}`);
    });
  };
  const initialized = channel('fastify.initialization');
  initialized.subscribe(note);
  return { routes, stop: () => void initialized.unsubscribe(note) };
}
