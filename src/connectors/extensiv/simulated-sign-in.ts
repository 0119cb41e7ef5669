import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { SimulatorKit } from '../simulator/kit.js';

const LIFE_SECONDS = 3600;

/** Gives tokens for the right client, and lets nobody in without one. */
export function registerSignIn(app: FastifyInstance, { options }: SimulatorKit): { revoke(): void } {
  const tokens = new Set<string>();
  app.post('/oauth/token', async (request, reply) => {
    const form = new URLSearchParams(request.rawText);
    const isRight = form.get('client_id') === options.apiKey && form.get('client_secret') === options.apiSecret;
    if (form.get('grant_type') !== 'client_credentials')
      return reply.code(400).send({ error: 'unsupported_grant_type' });
    if (!isRight) return reply.code(401).send({ error: 'invalid_client', message: 'Unknown client.' });
    const token = `ext_${randomUUID().replaceAll('-', '')}`;
    tokens.add(token);
    return { access_token: token, token_type: 'Bearer', expires_in: LIFE_SECONDS };
  });
  app.addHook('preHandler', async (request, reply) => {
    if (request.url === '/oauth/token') return;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token && tokens.has(token)) return;
    return reply
      .code(401)
      .send({ error: 'invalid_token', message: 'The access token is missing, wrong or has ended.' });
  });
  return { revoke: () => tokens.clear() };
}
