import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '../harness/eventually.js';
import { type FlashErpHub, SECRET, sendWebhook, startFlashErpHub } from './flasherp-hub.js';
import { idOf, mutate } from './order-client.js';

let hub: FlashErpHub;
beforeAll(async () => {
  hub = await startFlashErpHub();
});
afterAll(() => hub.stop());

interface Envelope {
  success: boolean;
  data: Record<string, unknown> & Record<string, unknown>[];
  code?: string;
  pagination?: { total: number; totalPages: number };
}

async function call(method: string, path: string, body?: unknown, client = hub.admin) {
  const answer = await client.rest(method, `/api/erp${path}`, body);
  return { status: answer.status, body: answer.body as Envelope };
}

const synced = (id: string) =>
  eventually(
    () =>
      hub.admin.ask<{ one: { links: { state: string }[] } }>(
        `query { one: transaction(id: "${id}") { links { state } } }`,
      ),
    ({ one }) => one.links[0]?.state === 'SYNCED',
  );

it('F4 F5 reads, changes and tests the configuration; no secret is ever read back', async () => {
  const changed = await call('PUT', '/config', {
    syncInterval: 7200,
    syncScope: { invoices: false },
    apiSecret: SECRET,
  });
  const read = await call('GET', '/config');
  const tested = await call('POST', '/config/test');
  const viewer = await call('GET', '/config', undefined, await hub.as({ role: 'viewer' }));
  const wrong = await call('PUT', '/config', { syncInterval: 'often' });

  expect(changed.status).toBe(200);
  expect(read.body.data).toMatchObject({
    isEnabled: true,
    credentialsConfigured: true,
    syncInterval: 7200,
    syncScope: { invoices: false, transactions: true },
  });
  expect(JSON.stringify([changed, read])).not.toContain(SECRET);
  expect(tested.body.data).toMatchObject({ ok: true });
  expect([viewer.status, wrong.status]).toEqual([403, 400]);
});

it('F6 F7 F9 F10 F11 syncs one, compares, measures, and shows the history page by page', async () => {
  const id = await idOf(hub.createTransaction({ reference: 'pi_rest', customer: { reference: 'u-rest' } }));
  await synced(id);

  const one = await call('POST', `/sync/transaction/${id}`);
  const byReference = await call('POST', '/sync/customer/u-rest');
  const none = await call('POST', '/sync/transaction/txn_none');
  const metrics = await call('GET', '/metrics');
  const run = await call('POST', '/sync/reconcile', {});
  const history = await call('GET', '/sync-history?page=2&limit=1&status=synced');
  const customers = await call('GET', '/sync-history?sourceType=customer');
  const audit = await call('GET', '/audit-logs?limit=5');
  const retried = await call('POST', `/retry/${String(one.body.data['id'])}`);

  expect(one.body.data).toMatchObject({ entityType: 'TRANSACTION', entityId: id });
  expect(one.body.data).toMatchObject({ sourceSystem: 'hub', sourceType: 'transaction', sourceId: id });
  expect(byReference.body.data).toMatchObject({ entityType: 'CUSTOMER' });
  expect([none.status, none.body.code]).toEqual([404, 'NOT_FOUND']);
  expect(metrics.body.data).toMatchObject({
    syncSuccessRate: 1,
    averageSyncDurationMs: expect.any(Number),
    errorRateByCode: [],
    webhookSuccessRate: null,
    apiLatencyMs: { p50: expect.any(Number), p95: expect.any(Number), p99: expect.any(Number) },
  });
  expect(run.body.data).toMatchObject({ id: expect.stringMatching(/^rec_/) });
  expect(history.body.data).toMatchObject([{ syncStatus: 'synced', syncDuration: expect.any(Number) }]);
  expect(history.body.pagination).toMatchObject({ total: expect.any(Number) });
  expect(customers.body.data).toMatchObject([{ sourceType: 'customer' }]);
  expect(audit.status).toBe(200);
  expect(retried.body.code).toBe('INVALID_STATE');
});

it('F18 keeps each call and each webhook in a log that cannot be changed, with who asked, request, response and duration', async () => {
  const id = await idOf(hub.createTransaction({ reference: 'pi_audited' }));
  await synced(id);
  const one = await call('POST', `/sync/transaction/${id}`, { force: true });
  await sendWebhook(hub, {
    id: 'fe_evt_audited',
    type: 'transaction.refunded',
    created_at: new Date().toISOString(),
    data: { id: 'x', hub_id: id, access_token: 'never-shown' },
  });

  const entriesOf = async (action: string) => {
    const { body } = await call('GET', `/audit-logs?limit=100&action=${action}`);
    return body.data.filter(({ entityId }) => entityId === id);
  };
  const [sent] = await eventually(
    () => entriesOf('sync.attempt'),
    (entries) => entries.length > 0,
  );
  const [received] = await eventually(
    () => entriesOf('webhook.receive'),
    (entries) => entries.length > 0,
  );
  const change = hub.db.pool.query(`update audit_entries set actor = 'nobody'`);

  await expect(change).rejects.toThrow('append-only');
  expect(one.status).toBe(200);
  expect(sent).toMatchObject({
    status: 'success',
    userId: 'tester',
    requestId: expect.any(String),
    duration: expect.any(Number),
    requestPayload: { method: 'POST', body: expect.stringContaining('pi_audited') },
    responsePayload: { status: 201 },
  });
  expect(JSON.stringify(sent)).not.toContain(SECRET);
  expect(received).toMatchObject({ requestPayload: { type: 'transaction.refunded', data: { access_token: '***' } } });
});

it('F6 F3 a full sync covers more than one page of each, shows how far it is, and leaves what is in step alone', async () => {
  await idOf(
    mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', {
      id: 'flasherp',
      settings: { ratePerSecond: null },
    }),
  );
  await call('PUT', '/config', { isEnabled: false });
  await Promise.all(
    Array.from({ length: 60 }, (_, n) => idOf(hub.createTransaction({ reference: `full-${n}`, amount: '1.00' }))),
  );
  await hub.admin.ask(
    'mutation { updateIntegration(input: { id: "flasherp", enabled: true, sendMissed: false }) { userErrors { message } } }',
  );

  const started = await call('POST', '/sync/full');
  const { body } = await eventually(
    () => call('GET', `/sync/full/${String(started.body.data['id'])}`),
    ({ body: { data } }) => data['state'] === 'COMPLETE',
  );
  const again = await call('POST', '/sync/full');

  const sentThere = () => hub.erp.control.state().then(({ transactions }) => transactions as { reference: string }[]);
  await eventually(sentThere, (all) => all.filter(({ reference }) => reference.startsWith('full-')).length === 60);
  expect(body.data).toMatchObject({ refusedCount: 0, progress: 100 });
  expect(Number(body.data['sentCount'])).toBeGreaterThanOrEqual(60);
  expect(Number(body.data['lookedCount'])).toBe(Number(body.data['totalCount']));
  expect(again.body.data['syncEventId']).not.toBe(started.body.data['syncEventId']);
});

it('F11 skips a dead letter, and F8 tells status and health', async () => {
  await eventually(
    () => hub.admin.ask<{ open: { totalCount: number } }>(OPEN),
    ({ open }) => open.totalCount === 0,
  );
  await hub.erp.control.addFault({ kind: 'status', status: 400 });
  const id = await idOf(hub.createTransaction({ reference: 'pi_dead' }));
  const failed = await eventually(
    () => call('GET', '/sync-history?status=failed'),
    ({ body }) => body.data.some(({ entityId }) => entityId === id),
  );
  const eventId = String(failed.body.data.find(({ entityId }) => entityId === id)?.['id']);

  const skipped = await call('POST', `/skip/${eventId}`);
  const status = await call('GET', '/status');

  expect(skipped.body.data).toMatchObject({ status: 'SKIPPED' });
  expect(status.body.data).toMatchObject({ healthStatus: expect.stringMatching(/healthy|degraded|down|unknown/) });
});

const OPEN = 'query { open: syncEvents(filter: { status: [PENDING, IN_PROGRESS, RETRYING] }) { totalCount } }';

it('F8 F9 audit-logs take the document’s words, and the history goes on page by page to its end', async () => {
  const succeeded = await call('GET', '/audit-logs?status=success&limit=100&userId=tester');
  const failed = await call('GET', '/audit-logs?status=failed');
  const begun = await call('GET', '/audit-logs?status=initiated');
  const odd = await call('GET', '/audit-logs?status=maybe');
  const first = await call('GET', '/sync-history?limit=1');
  const total = first.body.pagination?.total ?? 0;
  const last = await call('GET', `/sync-history?limit=1&page=${total}`);
  const past = await call('GET', '/sync-history?limit=100&page=100000');

  expect(new Set(succeeded.body.data.map(({ status, userId }) => `${status} ${userId}`))).toEqual(
    new Set(['success tester']),
  );
  expect(failed.body.data.every(({ outcome }) => outcome !== 'OK')).toBe(true);
  expect(new Set(begun.body.data.map(({ status, outcome }) => `${status} ${outcome}`))).toEqual(
    new Set(['initiated OK']),
  );
  expect(begun.body.data.map(({ action }) => action)).toContain('full_sync.start');
  expect(odd.status).toBe(400);
  expect(total).toBeGreaterThan(2);
  expect(last.body.data).toHaveLength(1);
  expect(last.body.data[0]?.['id']).not.toBe(first.body.data[0]?.['id']);
  expect([past.status, past.body.data, past.body.pagination?.total]).toEqual([200, [], total]);
});

it('F4 F8 F9 F10 answers are as the OpenAPI document describes them, so that a typed client can be generated', async () => {
  const document = (await (await fetch(`${hub.url}/docs/openapi.json`)).json()) as OpenApi;
  const check = async (method: 'get' | 'post', path: string, template = path) => {
    const operation = document.paths[`/api/erp${template}`]?.[method];
    const schema = operation?.responses['200']?.content['application/json']?.schema;
    const answer = await call(method.toUpperCase(), path);
    const parsed = z.fromJSONSchema({ ...schema, components: document.components } as never).safeParse(answer.body);

    expect([path, JSON.stringify(schema).includes('"data":{}')]).toEqual([path, false]);
    expect([path, answer.status, parsed.error?.issues ?? []]).toEqual([path, 200, []]);
  };
  const run = String((await call('POST', '/sync/full')).body.data['id']);

  for (const path of ['/config', '/status', '/sync-history', '/audit-logs', '/metrics']) await check('get', path);
  await check('get', `/sync/full/${run}`, '/sync/full/{id}');
  const cancelled = await call('POST', `/sync/full/${run}/cancel`);
  expect([
    ['CANCELLED', undefined],
    [undefined, 'INVALID_STATE'],
  ]).toContainEqual([cancelled.body.data?.['state'], cancelled.body.code]);
  expect((await call('POST', '/sync/full/none/cancel')).status).toBe(404);
  await check('post', '/config/test');
  await check('post', '/sync/reconcile');
  await check('post', '/sync/customer/u-rest', '/sync/customer/{id}');
});

interface OpenApi {
  components: object;
  paths: Record<
    string,
    | Record<string, { responses: Record<string, { content: Record<string, { schema: object }> }> } | undefined>
    | undefined
  >;
}
