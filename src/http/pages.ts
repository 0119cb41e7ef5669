import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { issueLocalToken } from '../access/local-token.js';
import type { TokenConfig } from '../access/token.js';
import { registerRoute } from './docs/register-route.js';
import { ANYBODY } from './docs/schemes.js';

export interface PagesOptions {
  /** The built pages; see `npm run build:web`. */
  folder: string;
  tokens: TokenConfig;
  /** In production nobody is handed a token. */
  production: boolean;
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

/** Serves `/`, `/outbox`, `/graphiql` and their assets, and `/session` to a browser on this machine. */
export async function registerPages(server: FastifyInstance, options: PagesOptions): Promise<void> {
  const { folder, tokens, production } = options;
  if (!existsSync(folder)) throw new Error(`The pages are not built (${folder}): run "npm run build:web".`);
  await server.register(fastifyStatic, {
    root: folder,
    serveDotFiles: false,
    setHeaders: (reply) => {
      reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
      reply.header('x-content-type-options', 'nosniff');
    },
  });
  for (const page of ['graphiql', 'outbox'])
    server.get(`/${page}`, { schema: { hide: true } }, (_request, reply) => reply.sendFile(`${page}.html`));
  registerRoute(server, {
    method: 'GET',
    url: '/session',
    tag: 'Pages',
    summary: 'An admin token for a browser on this machine; never in production',
    access: ANYBODY,
    answer: z.object({ token: z.string() }),
    errors: ['FORBIDDEN', 'RATE_LIMITED'],
    handle: async ({ request: { headers, socket }, reply }) => {
      const token = await issueLocalToken(tokens, production, { remoteAddress: socket.remoteAddress, headers });
      reply.header('cache-control', 'no-store');
      return { token };
    },
  });
}
