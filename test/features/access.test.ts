import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createJobs, type Jobs } from '../../jobs/create-jobs.js';
import type { JobDefinition } from '../../jobs/define.js';
import { buildHubSchema } from '../../schema/build.js';
import { createAuthenticate } from '../../src/access/authenticate.js';
import { createLimitedCallers } from '../../src/access/limited-callers.js';
import { issueToken, type TokenClaims } from '../../src/access/token.js';
import { sqlOn } from '../../src/db/database.js';
import { createCallerLimits } from '../../src/http/caller-limits.js';
import { registerGraphql } from '../../src/http/graphql.js';
import { createReader } from '../../src/read/create-reader.js';
import { startServices, type TestServices } from '../flow/harness.js';
import { eventually } from '../harness/eventually.js';

const TOKENS = { secret: 'a-secret-of-the-test-run-only-32' };
const LIMIT = 500;

const countStock: JobDefinition = {
  name: 'count-stock',
  title: 'Counts the stock',
  schedule: '0 0 1 1 *',
  run: async (_, run) => run.progress(100),
};

let hub: TestServices;
let jobs: Jobs;
let app: FastifyInstance;
let url: string;

beforeAll(async () => {
  hub = await startServices();
  const log = pino({ level: 'silent' });
  jobs = createJobs({ db: hub.db, definitions: [countStock], log });
  const services = { ...hub, jobs };
  await jobs.start(services);
  await hub.db.pool.query(`insert into merchants (id, name) values ('acme', 'Acme'), ('other', 'Other')`);
  const schema = buildHubSchema();
  const limited = createLimitedCallers(sqlOn(hub.db.pool), log, 500);
  const limits = createCallerLimits(LIMIT, null, limited);
  app = fastify({ requestIdHeader: 'x-request-id' });
  const authenticate = createAuthenticate({
    sql: sqlOn(hub.db.pool),
    tokens: TOKENS,
    logger: log,
    admit: (caller) => limits.take(caller),
  });
  const reader = createReader({ schema, db: hub.db });
  await registerGraphql(app, { schema, reader, services, authenticate });
  url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/graphql`;
});
afterAll(async () => {
  await app.close();
  await jobs.stop();
  await hub.close();
});

const bearer = async (claims: Partial<TokenClaims> = {}) => ({
  authorization: `Bearer ${await issueToken(TOKENS, { sub: 'ada', role: 'admin', ...claims }, 60)}`,
});

async function ask(headers: Record<string, string>, query: string, variables: Record<string, unknown> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, headers: response.headers, ...JSON.parse(await response.text()) };
}

const CREATE = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
  text apiKey { id name role merchantId permissions lastUsedAt revokedAt } userErrors { code message path } } }`;
const REVOKE = `mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { revokedAt } text userErrors { code } } }`;
const LIST = '{ apiKeys { id name role merchantId } }';

async function createKey(input: Record<string, unknown>, as = bearer()) {
  return (await ask(await as, CREATE, { input })).data.createApiKey;
}

it('G14 lets in with an API key that an admin made, limited to its role and merchant', async () => {
  const { text, apiKey, userErrors } = await createKey({ name: 'till 7 🧾', role: 'operator', merchantId: 'acme' });

  const jobsSeen = await ask({ 'x-api-key': text }, '{ jobs { name } }');
  const forbidden = await ask({ 'x-api-key': text }, LIST);

  expect(userErrors).toEqual([]);
  expect(text).toMatch(/^sl_[0-9a-f]{32}_[\w-]{43}$/);
  expect(apiKey).toMatchObject({ name: 'till 7 🧾', role: 'operator', merchantId: 'acme', permissions: [] });
  expect(jobsSeen.data).toEqual({ jobs: [{ name: 'count-stock' }] });
  expect(forbidden.errors[0].extensions.code).toBe('FORBIDDEN');
});

it('G14 tells callers who they are and what they may do', async () => {
  const ME = '{ me { subject role merchantId permissions via expiresAt rights { connector config sync viewStatus } } }';
  const { text } = await createKey({ name: 'clerk', role: 'operator', merchantId: 'acme' });
  const permissions = ['Escooter_ErpConnector::view_status'];

  const clerk = (await ask({ 'x-api-key': text }, ME)).data.me;
  const viewer = (await ask(await bearer({ role: 'viewer', permissions }), ME)).data.me;

  const rights = ({ rights: all }: { rights: { connector: string }[] }, name: string) =>
    all.find(({ connector }) => connector === name);
  expect(clerk).toMatchObject({
    role: 'operator',
    merchantId: 'acme',
    permissions: [],
    via: 'api-key',
    expiresAt: null,
  });
  expect(rights(clerk, 'escooter')).toMatchObject({ config: false, sync: true, viewStatus: true });
  expect(viewer).toMatchObject({ subject: 'ada', role: 'viewer', merchantId: null, permissions, via: 'jwt' });
  expect(rights(viewer, 'escooter')).toMatchObject({ config: false, sync: false, viewStatus: true });
});

it('G14 never shows a key again, and keeps it nowhere', async () => {
  const { text } = await createKey({ name: 'secret bearer', role: 'viewer' });

  const listed = JSON.stringify(await ask(await bearer(), LIST));
  const { rows } = await hub.db.pool.query(
    'select (select json_agg(k) from api_keys k)::text as keys, (select json_agg(a) from audit_entries a)::text as audit',
  );

  const secret = text.slice(-43);
  expect(listed).toContain('secret bearer');
  for (const kept of [listed, rows[0].keys, rows[0].audit]) expect(kept).not.toContain(secret);
});

it('G14 limits an admin of one merchant to the keys of that merchant', async () => {
  const acme = bearer({ merchantId: 'acme' });
  const { apiKey: others } = await createKey({ name: 'of another', role: 'admin', merchantId: 'other' });

  const own = await createKey({ name: 'own', role: 'admin' }, acme);
  const foreign = await createKey({ name: 'foreign', role: 'admin', merchantId: 'other' }, acme);
  const listed = await ask(await acme, LIST);
  const revoked = await ask(await acme, REVOKE, { id: others.id });

  expect(own.apiKey.merchantId).toBe('acme');
  expect(foreign).toMatchObject({ text: null, userErrors: [{ code: 'NOT_FOUND' }] });
  const merchants = new Set(listed.data.apiKeys.map(({ merchantId }: { merchantId: string }) => merchantId));
  expect([...merchants]).toEqual(['acme']);
  expect(revoked.data.revokeApiKey).toMatchObject({ apiKey: null, userErrors: [{ code: 'NOT_FOUND' }] });
});

it('G14 refuses a revoked key', async () => {
  const { text, apiKey } = await createKey({ name: 'lost', role: 'viewer' });
  await ask({ 'x-api-key': text }, '{ __typename }');

  const revoked = await ask(await bearer(), REVOKE, { id: apiKey.id });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const refused = await ask({ 'x-api-key': text }, '{ __typename }');

  expect(revoked.data.revokeApiKey).toMatchObject({ apiKey: { revokedAt: expect.any(String) }, userErrors: [] });
  expect(refused.errors[0].extensions.code).toBe('UNAUTHENTICATED');
});

it.each([
  ['an empty name', { name: ' ', role: 'viewer' }, ['input', 'name']],
  ['a name that is too long', { name: 'x'.repeat(300), role: 'viewer' }, ['input', 'name']],
])('G14 makes no key with %s', async (_, input, path) => {
  const payload = await createKey(input);

  expect(payload).toMatchObject({ text: null, userErrors: [{ code: 'BAD_USER_INPUT', path }] });
});

it('G14 answers 401 with how to authenticate', async () => {
  const { status, errors } = await ask({ authorization: 'Bearer nonsense' }, '{ __typename }');

  expect(status).toBe(401);
  expect(errors[0]).toMatchObject({
    message: expect.stringContaining('Send "Authorization: Bearer <JWT>" or "X-API-Key: sl_…".'),
    extensions: { code: 'UNAUTHENTICATED' },
  });
});

it('G17 tells who did what, and what was refused, in the order of time', async () => {
  const viewer = bearer({ sub: 'vera', role: 'viewer' });

  await createKey({ name: 'wanted', role: 'admin' }, viewer);
  await createKey({ name: 'audited', role: 'viewer' }, bearer({ sub: 'otto' }));

  const { data } = await ask(
    await bearer(),
    '{ auditLog(first: 2, filter: { action: "api_key.create" }) { nodes { actor action outcome details } } }',
  );
  expect(data.auditLog.nodes).toMatchObject([
    { actor: 'otto', outcome: 'OK', details: { name: 'audited' } },
    { actor: 'vera', outcome: 'REFUSED', details: { code: 'FORBIDDEN' } },
  ]);
});

const STATE = '{ jobs { name title schedule paused running lastOutcome lastError lastDurationMs progress nextRunAt } }';
const command = (verb: string) =>
  `mutation ($name: String!) { ${verb}(name: $name) { job { name paused nextRunAt } userErrors { code message path } } }`;

it('H5 shows a job, runs it now, pauses and resumes it through the schema', async () => {
  const admin = await bearer();
  const name = 'count-stock';

  const run = await ask(admin, command('runJob'), { name });
  const state = async () => (await ask(admin, STATE)).data.jobs[0];
  while ((await state()).lastOutcome === null) await new Promise((resolve) => setTimeout(resolve, 20));
  const ended = await state();
  const paused = await ask(admin, command('pauseJob'), { name });
  const resumed = await ask(admin, command('resumeJob'), { name });

  expect(run.data.runJob).toMatchObject({ job: { name }, userErrors: [] });
  expect(ended).toMatchObject({ title: 'Counts the stock', running: false, lastOutcome: 'OK', progress: 100 });
  expect(paused.data.pauseJob.job).toEqual({ name, paused: true, nextRunAt: null });
  expect(resumed.data.resumeJob.job).toMatchObject({ paused: false, nextRunAt: expect.stringMatching(/-01-01T00:00/) });
});

it('H5 names the known jobs when asked for an unknown one, and refuses who may not', async () => {
  const unknown = await ask(await bearer(), command('runJob'), { name: 'count-stocks' });
  const operator = await ask(await bearer({ role: 'operator' }), command('runJob'), { name: 'count-stock' });
  const viewer = await ask(await bearer({ role: 'viewer' }), STATE);

  expect(unknown.data.runJob.userErrors).toMatchObject([
    { code: 'NOT_FOUND', message: expect.stringContaining('count-stock'), path: ['name'] },
  ]);
  expect(operator.data.runJob.userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  expect(viewer.errors[0].extensions.code).toBe('FORBIDDEN');
});

it('G16 limits one caller, and no other', async () => {
  const [busy, quiet] = [await bearer({ sub: 'busy' }), await bearer({ sub: 'quiet' })];
  for (let round = 0; round < LIMIT / 50; round += 1) {
    await Promise.all(Array.from({ length: 50 }, () => ask(busy, '{ __typename }')));
  }

  const [refused, answered] = [await ask(busy, '{ __typename }'), await ask(quiet, '{ __typename }')];

  expect(refused).toMatchObject({ status: 429, errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(answered.data).toEqual({ __typename: 'Query' });
});

it('G16 G17 writes down once a round who was refused for asking too often, and how often', async () => {
  const flooding = await bearer({ sub: 'flooding', role: 'viewer' });
  for (let round = 0; round <= LIMIT / 50; round += 1) {
    await Promise.all(Array.from({ length: 50 }, () => ask(flooding, '{ __typename }')));
  }

  const LOG =
    '{ auditLog(filter: { action: "request.limit", actor: "flooding" }) { nodes { outcome actorRole details } } }';
  const { nodes } = await eventually(
    async () => (await ask(await bearer(), LOG)).data.auditLog,
    ({ nodes: written }) => counted(written) >= 50,
  );

  expect(counted(nodes)).toBe(50);
  expect(nodes.length).toBeLessThan(10);
  expect(nodes[0]).toMatchObject({ outcome: 'REFUSED', actorRole: 'viewer', details: { address: null } });
});

const counted = (entries: { details: { count: number } }[]) =>
  entries.reduce((sum, { details }) => sum + details.count, 0);
