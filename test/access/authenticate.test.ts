import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { exportJWK, exportSPKI, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import pino from 'pino';
import { newApiKey } from '../../src/access/api-key.js';
import { type Authenticate, createAuthenticate } from '../../src/access/authenticate.js';
import { issueLocalToken } from '../../src/access/local-token.js';
import { issueToken, type TokenConfig } from '../../src/access/token.js';
import { sqlOn } from '../../src/db/database.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';

const SECRET = 'a-secret-of-the-test-run-only-32';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const logger = pino({ level: 'silent' });

let db: TestDatabase;
let keyServer: Server;
let tokens: TokenConfig;
let authenticate: Authenticate;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.pool.query(`insert into merchants (id, name) values ('m1', 'Merchant')`);
  const keys = await Promise.all([jwk(rsa.publicKey, 'RS256'), jwk(ec.publicKey, 'ES256')]);
  keyServer = createServer((_, response) => response.end(JSON.stringify({ keys })));
  await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
  tokens = { secret: SECRET, jwksUrl: `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/keys` };
});
beforeEach(() => {
  authenticate = createAuthenticate({ sql: sqlOn(db.pool), tokens, logger });
});
afterAll(async () => {
  keyServer.close();
  keyServer.closeAllConnections();
  await db.drop();
});

async function jwk(key: KeyObject, alg: string) {
  return { ...(await exportJWK(key)), alg, kid: alg, use: 'sig' };
}

const inOneHour = () => Math.floor(Date.now() / 1000) + 3600;

function sign(claims: JWTPayload, header: { alg: string; typ?: string; kid?: string } = { alg: 'HS256' }) {
  const key = { HS256: Buffer.from(SECRET), RS256: rsa.privateKey, ES256: ec.privateKey }[header.alg];
  return new SignJWT({ sub: 'ada', role: 'viewer', exp: inOneHour(), ...claims })
    .setProtectedHeader({ kid: header.alg === 'HS256' ? undefined : header.alg, ...header })
    .sign(key as KeyObject);
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const refused = expect.objectContaining({ code: 'UNAUTHENTICATED' });

it('G14 answers who asks: role, merchant, permissions and end of the token', async () => {
  const exp = inOneHour();

  const caller = await authenticate(bearer(await sign({ exp, merchantId: 'm1', permissions: ['sync'] })));

  expect(caller).toEqual({
    subject: 'ada',
    role: 'viewer',
    merchantId: 'm1',
    permissions: ['sync'],
    via: 'jwt',
    expiresAt: exp * 1000,
  });
});

it.each(['RS256', 'ES256'])('G14 takes %s by the key server', async (alg) => {
  const caller = await authenticate(bearer(await sign({ role: 'operator' }, { alg })));

  expect(caller.role).toBe('operator');
});

it('G14 takes the token that the hub itself issues', async () => {
  const token = await issueToken(tokens, { sub: 'dev', role: 'admin' }, 60);

  const caller = await authenticate(bearer(token));

  expect(caller).toMatchObject({ subject: 'dev', role: 'admin', merchantId: null });
});

const badTokens: Record<string, () => Promise<string> | string> = {
  'with alg none': () => new UnsecuredJWT({ sub: 'ada', role: 'admin', exp: inOneHour() }).encode(),
  'signed HS256 with the public RSA key': async () =>
    new SignJWT({ sub: 'ada', role: 'admin', exp: inOneHour() })
      .setProtectedHeader({ alg: 'HS256', kid: 'RS256' })
      .sign(Buffer.from(await exportSPKI(rsa.publicKey))),
  'signed by another secret': () =>
    new SignJWT({ sub: 'ada', role: 'admin', exp: inOneHour() })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from('another-secret-of-32-characters!')),
  'signed HS512': () =>
    new SignJWT({ sub: 'ada', role: 'admin', exp: inOneHour() })
      .setProtectedHeader({ alg: 'HS512' })
      .sign(Buffer.from(SECRET.repeat(2))),
  'signed RS256 by another key': () =>
    new SignJWT({ sub: 'ada', role: 'admin', exp: inOneHour() })
      .setProtectedHeader({ alg: 'RS256', kid: 'RS256' })
      .sign(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
  'with an unknown kid': () => sign({}, { alg: 'RS256', kid: 'unknown' }),
  'that has expired': () => sign({ exp: Math.floor(Date.now() / 1000) - 60 }),
  'without exp': () => sign({ exp: undefined }),
  'without sub': () => sign({ sub: undefined }),
  'not valid yet': () => sign({ nbf: inOneHour() }),
  'without role': () => sign({ role: undefined }),
  'of an unknown role': () => sign({ role: 'root' }),
  'whose role is a list': () => sign({ role: ['admin'] }),
  'whose merchantId is a number': () => sign({ merchantId: 7 }),
  'whose merchantId is null': () => sign({ merchantId: null }),
  'whose merchantId no database holds': () => sign({ merchantId: 'm\u00001' }),
  'whose sub is half a character': () => sign({ sub: 'a\ud800' }),
  'whose merchantId is empty': () => sign({ merchantId: '' }),
  'whose permissions are a text': () => sign({ permissions: 'sync' }),
  'of another purpose': () => sign({}, { alg: 'HS256', typ: 'logout+jwt' }),
  'with an altered payload': async () => {
    const [head, , tail] = (await sign({})).split('.');
    const payload = Buffer.from(JSON.stringify({ sub: 'ada', role: 'admin', exp: inOneHour() })).toString('base64url');
    return [head, payload, tail].join('.');
  },
  'that is no token': () => 'nonsense',
  'that is far too long': () => sign({ note: 'x'.repeat(10_000) }),
};

it.each(Object.keys(badTokens))(
  'G14 refuses a token %s, says how to authenticate and repeats none of it',
  async (kind) => {
    const token = (await badTokens[kind]?.()) ?? '';

    const error = await authenticate(bearer(token)).catch((thrown) => thrown);

    expect(error).toEqual(refused);
    expect(error.message).toContain('Send "Authorization: Bearer <JWT>" or "X-API-Key: sl_…".');
    expect(error.message).not.toContain(token);
  },
);

it('G14 takes only the configured issuer and audience', async () => {
  const strict = createAuthenticate({
    sql: sqlOn(db.pool),
    tokens: { secret: SECRET, issuer: 'https://id.example', audience: 'syncline' },
    logger,
  });
  const good = { iss: 'https://id.example', aud: ['other', 'syncline'] };

  await expect(strict(bearer(await sign(good)))).resolves.toMatchObject({ subject: 'ada' });
  await expect(strict(bearer(await sign({ ...good, aud: 'other' })))).rejects.toEqual(refused);
  await expect(strict(bearer(await sign({ ...good, aud: undefined })))).rejects.toEqual(refused);
  await expect(strict(bearer(await sign({ ...good, iss: 'https://evil.example' })))).rejects.toEqual(refused);
});

it('G14 says that the key server is away instead of refusing its tokens', async () => {
  const away = createAuthenticate({
    sql: sqlOn(db.pool),
    tokens: { secret: SECRET, jwksUrl: 'http://127.0.0.1:1/keys' },
    logger,
  });

  const attempt = away(bearer(await sign({}, { alg: 'RS256' })));

  await expect(attempt).rejects.toEqual(expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' }));
});

it.each([
  ['nothing', {}],
  ['another scheme', { authorization: 'Basic YTpi' }],
  ['an empty bearer', { authorization: 'Bearer ' }],
  ['both ways at once', { authorization: 'Bearer x', apiKey: 'sl_x' }],
  ['a malformed API key', { apiKey: 'sl_1234' }],
])('G14 refuses %s', async (_, credentials) => {
  await expect(authenticate(credentials)).rejects.toEqual(refused);
});

async function insertKey(role = 'operator') {
  const key = newApiKey();
  await db.pool.query(`insert into api_keys (id, merchant_id, name, hash, role) values ($1, 'm1', 'till', $2, $3)`, [
    key.id,
    key.hash,
    role,
  ]);
  return key;
}

/** The row, once its use is noted: that is written beside the request. */
async function usedKey(id: string) {
  for (;;) {
    const { rows } = await db.pool.query('select * from api_keys where id = $1 and last_used_at is not null', [id]);
    if (rows[0]) return rows[0];
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('G14 takes an API key in either header, keeps only its hash, and notes its use', async () => {
  const key = await insertKey();

  const callers = [await authenticate({ apiKey: key.text }), await authenticate(bearer(key.text))];

  for (const caller of callers) {
    expect(caller).toMatchObject({ subject: key.id, role: 'operator', merchantId: 'm1', via: 'api-key' });
  }
  const stored = await usedKey(key.id);
  expect(JSON.stringify(stored)).not.toContain(key.text.slice(36));
});

it('G14 refuses an API key whose secret is wrong, and a revoked one within a second', async () => {
  const key = await insertKey();
  await authenticate({ apiKey: key.text });
  const wrong = `${key.text.slice(0, -3)}AAA`;

  await db.pool.query('update api_keys set revoked_at = now() where id = $1', [key.id]);
  await new Promise((resolve) => setTimeout(resolve, 1_000));

  await expect(authenticate({ apiKey: wrong })).rejects.toEqual(refused);
  await expect(authenticate({ apiKey: key.text })).rejects.toEqual(refused);
});

it('G17 audits refused authentications, a flood of them only in part, and slows the flood down', async () => {
  const guarded = createAuthenticate({ sql: sqlOn(db.pool), tokens, logger, failuresPerMinute: 30 });
  const attempt = () => guarded({ apiKey: 'sl_guess', address: '192.0.2.7' }).catch((error) => error.code);

  const codes = await Promise.all(Array.from({ length: 50 }, attempt));

  expect(codes.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(30);
  expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(20);
  const audited = await db.pool.query(
    `select details from audit_entries where action = 'authentication.refuse' and details ->> 'address' = '192.0.2.7'`,
  );
  expect(audited.rowCount).toBe(10);
  expect(JSON.stringify(audited.rows)).not.toContain('sl_guess');
  const key = await insertKey();
  await expect(guarded({ apiKey: key.text, address: '192.0.2.7' })).resolves.toMatchObject({ subject: key.id });
});

const local = { remoteAddress: '127.0.0.1', headers: { host: 'localhost:4000' } };

it('gives a token to a browser on this machine, outside production', async () => {
  const token = await issueLocalToken(tokens, false, local);

  expect(await authenticate(bearer(token))).toMatchObject({ role: 'admin' });
});

it.each([
  ['in production', true, local],
  ['from another machine', false, { ...local, remoteAddress: '192.0.2.7' }],
  ['under a foreign name that points here', false, { ...local, headers: { host: 'evil.example:4000' } }],
  ['to a page of another site', false, { ...local, headers: { ...local.headers, origin: 'http://evil.example' } }],
  ['through a proxy', false, { ...local, headers: { ...local.headers, 'x-forwarded-for': '192.0.2.7' } }],
])('gives no local token %s', async (_, production, request) => {
  await expect(issueLocalToken(tokens, production, request)).rejects.toEqual(
    expect.objectContaining({ code: 'FORBIDDEN' }),
  );
});
