import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
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

let sentry: Awaited<ReturnType<typeof startReceiver>>;
let hub: TestHub;
beforeAll(async () => {
  sentry = await startReceiver();
  hub = await startTestHub({ env: { SENTRY_DSN: sentry.url.replace('//', '//publickey@').concat('/42') } });
});
afterAll(async () => {
  await hub.stop();
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
