import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export interface PagesOptions {
  /** The built pages; see `npm run build:web`. */
  folder: string;
  /** Makes an admin token for the pages opened on this machine; null in production. */
  localToken: (() => Promise<string>) | null;
}

/** Pages run only what the hub serves; GraphiQL's editor needs inline styles and its workers. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "frame-ancestors 'none'",
].join('; ');

/** Serves `/`, `/graphiql` and their assets, and `/session` to a browser on this machine. */
export async function registerPages(server: FastifyInstance, { folder, localToken }: PagesOptions): Promise<void> {
  if (!existsSync(folder)) throw new Error(`The pages are not built (${folder}): run "npm run build:web".`);
  await server.register(fastifyStatic, {
    root: folder,
    serveDotFiles: false,
    setHeaders: (reply) => {
      reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
      reply.header('x-content-type-options', 'nosniff');
    },
  });
  server.get('/graphiql', (_request, reply) => reply.sendFile('graphiql.html'));
  server.get('/session', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (!localToken || !isFromThisMachine(request)) return reply.code(404).send({ error: 'Sign in with a token.' });
    return { token: await localToken() };
  });
}

/** The address alone is not enough: a foreign page that resolves its own name to 127.0.0.1 carries that name as Host. */
function isFromThisMachine(request: FastifyRequest): boolean {
  const address = request.socket.remoteAddress ?? '';
  const loopback = address === '::1' || address.replace('::ffff:', '').startsWith('127.');
  return (
    loopback && ['localhost', '127.0.0.1', '[::1]'].includes(request.hostname) && !request.headers['x-forwarded-for']
  );
}
