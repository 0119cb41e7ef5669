import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { SimulatorKit } from '../simulator/kit.js';

const LIFE_SECONDS = 1200;
const MOST_REFUSALS = 3;

/** Who has signed in, and how often one was refused. */
export interface SignIns {
  refusals(): number;
  /** Voids every token, as a restart of the service does, and unlocks the user. */
  clear(): void;
}

/** Gives tokens for the right user and password, locks the user after three refusals, and takes no other call without a token. */
export function registerSignIn(app: FastifyInstance, { options }: SimulatorKit): SignIns {
  const tokens = new Set<string>();
  let refusals = 0;
  app.post('/api/v1/token', async (request, reply) => {
    const form = new URLSearchParams(request.rawText);
    const known = /^Basic .{4,}$/.test(request.headers.authorization ?? '') && form.get('grant_type') === 'password';
    const right = form.get('username') === options.apiKey && form.get('password') === options.apiSecret;
    if (!known || !/^\d{1,3}$/.test(form.get('firmno') ?? '') || !right || refusals >= MOST_REFUSALS) {
      refusals++;
      const locked = refusals > MOST_REFUSALS ? 'Kullanıcı kilitlenmiştir' : 'Kullanıcı adı ya da şifre hatalı';
      return reply.code(400).send({ error: 'invalid_grant', error_description: locked });
    }
    const token = randomUUID();
    tokens.add(token);
    return { access_token: token, token_type: 'bearer', expires_in: LIFE_SECONDS, firmNo: form.get('firmno') };
  });
  app.addHook('preHandler', async (request, reply) => {
    if (request.url.startsWith('/api/v1/token')) return;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token && tokens.has(token)) return;
    return reply.code(401).send({ Message: 'Authorization has been denied for this request.' });
  });
  return {
    refusals: () => refusals,
    clear() {
      tokens.clear();
      refusals = 0;
    },
  };
}
