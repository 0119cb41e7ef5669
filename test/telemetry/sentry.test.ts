import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { createOrder, idOf, orderInput, settled } from '../features/order-client.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { startReceiver } from '../notify/receivers.js';

interface Reported {
  message?: string;
  exception?: { values: { type: string; value: string; stacktrace?: unknown }[] };
  tags: Record<string, string>;
  contexts: { syncline: Record<string, unknown> };
}

const KEYS = { apiKey: 'extensiv-client-1', apiSecret: 'extensiv-secret-1234567890' };
let warehouse: SpawnedSimulator;
let sentry: Awaited<ReturnType<typeof startReceiver>>;
let hub: TestHub;
beforeAll(async () => {
  sentry = await startReceiver();
  warehouse = await spawnSimulator('extensiv', KEYS);
  const env = {
    SENTRY_DSN: sentry.url.replace('//', '//publickey@').concat('/42'),
    EXTENSIV_BASE_URL: warehouse.url,
    EXTENSIV_CLIENT_ID: KEYS.apiKey,
    EXTENSIV_CLIENT_SECRET: KEYS.apiSecret,
  };
  hub = await startTestHub({ env });
});
afterAll(async () => {
  await hub.stop();
  await warehouse.stop();
  sentry.stop();
});

/** Envelopes are lines of JSON: the envelope's header, then a header and a payload for each item. */
function reported(): Reported[] {
  return sentry.posts
    .filter(({ path }) => path.startsWith('/api/42/envelope/'))
    .flatMap(({ body }) => body.split('\n').slice(1))
    .flatMap((line, n, lines) =>
      n % 2 === 1 && JSON.parse(lines[n - 1] ?? '{}').type === 'event' ? [JSON.parse(line)] : [],
    );
}

it('E17 reports a dead letter with its order, integration and attempt, without what was sent', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 422, method: 'POST', path: '/orders' });
  const id = await idOf(createOrder(hub.admin, orderInput()));
  await settled(hub.admin, 'order', id, 'FAILED');

  const [report] = await eventually(
    async () => reported().filter(({ tags }) => tags['kind'] === 'dead-letter'),
    (some) => some.length > 0,
  );

  expect(report?.tags).toMatchObject({ orderId: id, integrationId: 'b2b-portal', code: 'UPSTREAM_REJECTED' });
  expect(report?.contexts.syncline).toMatchObject({ orderId: id, attempt: 1, entityType: 'ORDER', httpStatus: 422 });
  const all = sentry.posts.map(({ body }) => body).join();
  for (const secret of ['portal-key', 'portal-secret', '99.99', 'MUG']) expect(all).not.toContain(secret);
});

const reportOf = async (isRight: (one: Reported) => boolean) =>
  (
    await eventually(
      async () => reported().filter(isRight),
      (some) => some.length > 0,
    )
  )[0];

it('E4 E17 reports a 5xx that is tried again, with job, order and attempt', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 503, method: 'POST', path: '/orders' });
  const id = await idOf(createOrder(hub.admin, orderInput()));

  const report = await reportOf(({ tags }) => tags['kind'] === 'retried' && tags['orderId'] === id);

  expect(report?.message).toContain('UPSTREAM_UNAVAILABLE');
  expect(report?.contexts.syncline).toMatchObject({ attempt: 1, httpStatus: 503, jobId: expect.any(String) });
  expect(report?.exception?.values[0]?.stacktrace).toMatchObject({ frames: expect.any(Array) });
});

it('E17 reports a refused sign-in, a status check and a sync of stock that failed, with their stack or attempt', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput({ status: 'PAID' })));
  // Only an order whose answer is settled is asked for.
  await eventually(
    () =>
      hub.admin.ask<{ order: { links: { state: string; integration: { id: string } }[] } }>(
        'query ($id: ID!) { order(id: $id) { links { state integration { id } } } }',
        { id },
      ),
    ({ order }) => order.links.some(({ state, integration }) => integration.id === 'extensiv' && state === 'SYNCED'),
  );
  await hub.db.pool.query('delete from integration_tokens');
  await warehouse.control.advance({ id: 'tokens', status: 'revoked' });
  await warehouse.control.addFault({ kind: 'status', status: 401, path: '/oauth/token', count: null });
  await hub.admin.ask('mutation { runJob(name: "follow-orders") { userErrors { code } } }');
  await hub.admin.ask('mutation { syncInventory(input: { integrationId: "extensiv" }) { userErrors { code } } }');

  const signIn = await reportOf(
    ({ tags, exception }) => tags['integrationId'] === 'extensiv' && exception !== undefined,
  );
  const polling = await reportOf(({ tags }) => tags['job'] === 'follow-orders' && !tags['integrationId']);
  const failed = await reportOf(({ tags }) => tags['job'] === 'follow-orders' && tags['integrationId'] === 'extensiv');
  const sync = await reportOf(({ tags }) => tags['kind'] === 'dead-letter' && tags['entityType'] === 'INVENTORY');

  expect(id).toBeDefined();
  expect(signIn?.exception?.values[0]?.stacktrace).toBeDefined();
  expect(polling?.exception?.values[0]?.value).toContain('UPSTREAM_UNAUTHORIZED');
  expect(failed?.contexts.syncline).toMatchObject({ jobId: expect.stringMatching(/^follow-orders:\d+$/), attempt: 1 });
  expect(sync?.contexts.syncline).toMatchObject({ integrationId: 'extensiv', attempt: 1 });
  expect(sync?.exception?.values[0]?.stacktrace).toBeDefined();
});

it('E17 reports a sync of stock that was refused with the status of the answer and a stack', async () => {
  await warehouse.control.clearFaults();
  await warehouse.control.addFault({ kind: 'status', status: 422, path: '/api/v1/inventory' });
  await hub.admin.ask('mutation { syncInventory(input: { integrationId: "extensiv" }) { userErrors { code } } }');

  const report = await reportOf(
    ({ tags }) => tags['entityType'] === 'INVENTORY' && tags['code'] === 'UPSTREAM_REJECTED',
  );

  expect(report?.contexts.syncline).toMatchObject({ httpStatus: 422, jobId: expect.any(String) });
  expect(report?.exception?.values[0]?.stacktrace).toMatchObject({ frames: expect.any(Array) });
});

it('E17 reports an unexpected error of a job with the job and its stack', async () => {
  await hub.db.pool.query('alter table idempotency_keys rename to somewhere_else');
  await hub.admin.ask('mutation { runJob(name: "remove-old-idempotency-keys") { userErrors { code } } }');

  const [report] = await eventually(
    async () => reported().filter(({ tags }) => tags['job'] === 'remove-old-idempotency-keys'),
    (some) => some.length > 0,
  );

  await hub.db.pool.query('alter table somewhere_else rename to idempotency_keys');
  expect(report?.exception?.values[0]).toMatchObject({ value: expect.stringContaining('idempotency_keys') });
  expect(report?.exception?.values[0]?.stacktrace).toBeDefined();
});

it('E17 loads neither Sentry nor OpenTelemetry where they are not configured', async () => {
  const module = fileURLToPath(new URL('../../src/telemetry/open-telemetry.js', import.meta.url));
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { openTelemetry } = await import(${JSON.stringify(module)});
    await openTelemetry({ otlpEndpoint: null, sentryDsn: null, environment: 'test' }, {});
    console.log(loaded.filter((url) => /sentry|opentelemetry/.test(url)).length, loaded.length > 0);`;

  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  const [printed] = await once(child.stdout, 'data');

  expect(String(printed).trim()).toBe('0 true');
});
