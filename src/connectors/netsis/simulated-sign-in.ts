import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { SimulatorKit } from '../simulator/kit.js';

const LIFE_SECONDS = 1200;

/** Gives tokens for the right user and password, and refuses every other call without one. */
export function registerSignIn(app: FastifyInstance, { options }: SimulatorKit): void {
  const tokens = new Set<string>();
  app.post('/api/v2/token', async (request, reply) => {
    const form = new URLSearchParams(request.rawText);
    const wrong = form.get('username') !== options.apiKey || form.get('password') !== options.apiSecret;
    if (form.get('grant_type') !== 'password' || !form.get('dbname') || !form.has('branchcode') || wrong) {
      return reply.code(400).send({ error: 'invalid_grant', error_description: 'Kullanıcı adı veya şifre hatalı' });
    }
    const token = randomUUID();
    tokens.add(token);
    const { dbname, branchcode } = Object.fromEntries(form);
    return { access_token: token, token_type: 'bearer', expires_in: LIFE_SECONDS, dbname, branchcode };
  });
  app.get('/api/v2/revoke', async () => {
    tokens.clear();
    return { IsSuccessful: true };
  });
  app.addHook('preHandler', async (request, reply) => {
    if (/^\/api\/v2\/(token|revoke)/.test(request.url)) return;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token && tokens.has(token)) return;
    return reply.code(401).send({ Message: 'Authorization has been denied for this request.' });
  });
}
