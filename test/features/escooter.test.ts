import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import { createInvoice, createOrder, idOf, orderInput, syncOrder } from './order-client.js';

const PATH = '/rest/V1/erpconnector';
const KEYS = { apiKey: 'erp-key-1234567890', apiSecret: 'erp-secret-1234567890' };
const P = 'Escooter_ErpConnector::';
/** A merchant whose integration waits next to nothing. */
const HASTY = 'merchant-hasty';

let hub: TestHub;
let erp: SpawnedSimulator;
beforeAll(async () => {
  erp = await spawnSimulator('escooter', KEYS);
  hub = await startTestHub({
    env: {
      ESCOOTER_ERP_BASE_URL: erp.url,
      ESCOOTER_ERP_API_KEY: KEYS.apiKey,
      ESCOOTER_ERP_HMAC_SECRET: KEYS.apiSecret,
    },
  });
  await erp.control.configure({ webhookUrl: `${hub.url}${PATH}/webhook` });
  const settings = { baseUrl: erp.url, baseDelay: 0.005, circuitFailures: 1000 };
  const { payload } = await hub.admin.ask<{ payload: { userErrors: unknown[] } }>(
    'mutation ($input: CreateIntegrationInput!) { payload: createIntegration(input: $input) { userErrors { message } } }',
    { input: { merchantId: HASTY, name: 'ERP', connector: 'escooter', mode: 'HYBRID', credentials: KEYS, settings } },
  );
  expect(payload.userErrors).toEqual([]);
}, 60_000);
afterEach(() => erp.control.clearFaults());
afterAll(async () => {
  await hub?.stop();
  await erp?.stop();
});

interface Sync {
  id: string;
  status: string;
  held: boolean;
  attemptCount: number;
  maxAttempts: number;
  lastAttemptAt: string | null;
  nextAttemptAt: string | null;
  externalId: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  idempotencyKey: string;
  payload: { number: string };
  attempts: { startedAt: string; request: { headers: Record<string, string> }; response: { body: string } }[];
}

const SYNCS = `query ($id: ID!) { order(id: $id) { erpSynced status trackingNumbers links { externalId state integration { id } }
  syncEvents(first: 20) { nodes { id status held attemptCount maxAttempts lastAttemptAt nextAttemptAt externalId errorCode
    errorMessage idempotencyKey payload direction integration { id } attempts { startedAt request response } } } } }`;

interface Shown {
  erpSynced: boolean;
  status: string;
  trackingNumbers: string[];
  links: { externalId: string | null; state: string; integration: { id: string } }[];
  syncEvents: { nodes: (Sync & { direction: string; integration: { id: string } })[] };
}

async function show(id: string) {
  const { order } = await hub.admin.ask<{ order: Shown }>(SYNCS, { id });
  const link = order.links.find(({ integration }) => integration.id.startsWith('escooter'));
  const syncs = order.syncEvents.nodes.filter(
    ({ integration, direction }) => integration.id.startsWith('escooter') && direction === 'OUTBOUND',
  );
  return { ...order, link, syncs };
}
const shownWhen = (id: string, wanted: (shown: Awaited<ReturnType<typeof show>>) => boolean) =>
  eventually(() => show(id), wanted);
const synced = (id: string) => shownWhen(id, ({ link }) => link?.state === 'SYNCED');

/** An order with the number that it has. */
async function place(more: object = {}): Promise<{ id: string; number: string }> {
  const input = orderInput(more);
  return { id: await idOf(createOrder(hub.admin, input)), number: input.number };
}
async function invoiced(more: object = {}): Promise<{ id: string; number: string }> {
  const order = await place(more);
  await idOf(createInvoice(hub.admin, { orderId: order.id, number: `INV-${order.number}` }));
  return order;
}

const sent = async (number: string) =>
  (await erp.control.requests()).filter(
    ({ url, body }) => url === '/orders/sync' && JSON.parse(body).order_increment_id === number,
  );
const rest = async (method: string, path: string, body?: unknown) => {
  const answer = await hub.admin.rest(method, PATH + path, body);
  return { status: answer.status, body: answer.body as Record<string, unknown> };
};

async function configure(settings: Record<string, unknown>): Promise<void> {
  const { payload } = await hub.admin.ask<{ payload: { userErrors: unknown[] } }>(
    'mutation ($input: UpdateIntegrationInput!) { payload: updateIntegration(input: $input) { userErrors { message } } }',
    { input: { id: 'escooter', settings } },
  );
  expect(payload.userErrors).toEqual([]);
}

/** Asks for a run, as soon as the one before has ended. */
async function runJob(): Promise<void> {
  const run = () =>
    hub.admin.ask<{ payload: { userErrors: unknown[] } }>(
      'mutation { payload: runJob(name: "send-queued-orders") { userErrors { message } } }',
    );
  await eventually(run, ({ payload }) => payload.userErrors.length === 0);
}

function callback(body: object | string, headers?: Record<string, string>) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const signature = createHmac('sha256', KEYS.apiSecret).update(text).digest('base64');
  return fetch(`${hub.url}${PATH}/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(headers ?? { 'x-signature': signature }) },
    body: text,
  }).then(async (response) => ({ status: response.status, body: (await response.json()) as Record<string, unknown> }));
}

describe('syncs', () => {
  it('S1 an invoice starts the sync of its order; creating or moving the order does not', async () => {
    const { id, number } = await place();
    const before = await show(id);

    await idOf(createInvoice(hub.admin, { orderId: id, number: `INV-${number}` }));
    const after = await synced(id);
    await idOf(createInvoice(hub.admin, { orderId: id, number: `INV-${number}-2` }));

    expect(before).toMatchObject({ erpSynced: false, link: undefined, syncs: [] });
    expect(after).toMatchObject({ erpSynced: true, link: { externalId: expect.stringMatching(/^ERP-/) } });
    expect((await show(id)).syncs).toHaveLength(1);
    expect(await sent(number)).toHaveLength(1);
  });

  it('S4 S5 posts the documented payload with key and signature over the exact bytes', async () => {
    const { id, number } = await invoiced({
      customer: { name: 'John van Doe', email: 'customer@example.com' },
      lines: [{ sku: 'PROD-001', name: 'Product Name', quantity: 2, unitPrice: '99.99' }],
      totals: { subtotal: '199.98', tax: '20.00', shipping: '10.00', discount: '0.00', grandTotal: '229.98' },
      billingAddress: { name: 'John Doe', line1: 'Ä 1', city: 'Köln', postalCode: '00123', country: 'DE' },
      placedAt: '2024-01-15T10:00:00Z',
    });
    const { syncs } = await synced(id);

    const [request] = await sent(number);
    expect(JSON.parse(request?.body ?? '')).toEqual({
      order_increment_id: number,
      order_id: id,
      customer_email: 'customer@example.com',
      customer_firstname: 'John van',
      customer_lastname: 'Doe',
      items: [{ sku: 'PROD-001', name: 'Product Name', qty: 2, price: 99.99, row_total: 199.98 }],
      totals: { subtotal: 199.98, tax: 20, shipping: 10, discount: 0, grand_total: 229.98 },
      billing_address: expect.objectContaining({ firstname: 'John', street: ['Ä 1'], postcode: '00123' }),
      shipping_address: null,
      created_at: '2024-01-15 10:00:00',
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
    expect(request?.body).toContain('"tax":20.00,');
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-api-key': KEYS.apiKey,
      'x-idempotency-key': syncs[0]?.idempotencyKey,
      'x-signature': createHmac('sha256', KEYS.apiSecret)
        .update(request?.body ?? '')
        .digest('base64'),
    });
  });

  it('S3 waits 2^attempts × 60 s before it tries again', async () => {
    await erp.control.addFault({ path: '/orders/sync', kind: 'status', status: 503 });
    const { id } = await invoiced();

    const { syncs } = await shownWhen(id, (shown) => shown.syncs[0]?.status === 'RETRYING');

    const [sync] = syncs;
    const waitMs = Date.parse(sync?.nextAttemptAt ?? '') - Date.parse(sync?.lastAttemptAt ?? '');
    expect(sync).toMatchObject({ attemptCount: 1, maxAttempts: 5 });
    expect(waitMs).toBeGreaterThanOrEqual(120_000);
    expect(waitMs).toBeLessThan(160_000);
  });

  it('S3 S4 tries five times with one key, then has failed for good', async () => {
    await erp.control.addFault({ path: '/orders/sync', kind: 'status', status: 500, count: null });
    const { id, number } = await invoiced({ merchantId: HASTY });

    const { syncs } = await shownWhen(id, (shown) => shown.syncs[0]?.status === 'FAILED');
    const requests = await sent(number);
    await erp.control.clearFaults();
    await hub.admin.ask('mutation { runJob(name: "retry-failed") { userErrors { message } } }');
    await eventually(
      () => hub.admin.ask<{ jobs: { name: string; lastOutcome: string | null }[] }>('{ jobs { name lastOutcome } }'),
      ({ jobs }) => jobs.some(({ name, lastOutcome }) => name === 'retry-failed' && lastOutcome === 'OK'),
    );

    expect(syncs[0]).toMatchObject({ attemptCount: 5, nextAttemptAt: null, errorCode: 'UPSTREAM_UNAVAILABLE' });
    expect(requests).toHaveLength(5);
    expect(new Set(requests.map(({ headers }) => headers['x-idempotency-key'])).size).toBe(1);
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1);
    expect((await show(id)).syncs[0]?.status).toBe('FAILED');
  });

  it.each([400, 401, 404, 408, 409, 422])('S6 takes %i for final', async (status) => {
    await erp.control.addFault({ path: '/orders/sync', kind: 'status', status, message: 'No such SKU' });
    const { id, number } = await invoiced();

    const { syncs } = await shownWhen(id, (shown) => shown.syncs[0]?.status === 'FAILED');

    expect(syncs[0]).toMatchObject({ attemptCount: 1, errorMessage: expect.stringContaining('No such SKU') });
    expect(await sent(number)).toHaveLength(1);
  });

  it.each(['429', '500', 'hang-up'] as const)('S6 tries again after %s', async (kind) => {
    await erp.control.addFault({
      path: '/orders/sync',
      ...(kind === 'hang-up' ? { kind } : { kind: 'status', status: Number(kind) }),
    });
    const { id } = await invoiced();

    const { syncs } = await shownWhen(id, (shown) => shown.syncs[0]?.status === 'RETRYING');

    expect(syncs[0]).toMatchObject({ attemptCount: 1, status: 'RETRYING' });
  });
});

describe('queued syncs', () => {
  it('S1 S2 S12 wait for the job, which takes at most 100 a run', async () => {
    await configure({ immediate: false, cron: '0 0 1 1 *' });
    const orders = await Promise.all(Array.from({ length: 101 }, () => invoiced()));
    const first = await show(orders[0]?.id ?? '');
    const status = await rest('GET', `/sync-status/${orders[0]?.number}`);

    await runJob();
    const left = await eventually(queued, ({ length }) => length <= 1);
    await runJob();
    const none = await eventually(queued, ({ length }) => length === 0);
    await synced(left[0]?.entityId ?? '');
    await configure({ immediate: true });

    expect(first.syncs[0]).toMatchObject({ status: 'PENDING', held: true, attemptCount: 0 });
    expect(first.syncs[0]?.nextAttemptAt).toMatch(/-01-01T00:00:00/);
    expect(status.body).toMatchObject({ status: 'queued', attempts: 0, erp_reference: null });
    expect(left).toMatchObject([{ held: true }]);
    expect(none).toEqual([]);
  }, 40_000);

  it('S2 are sent by the schedule itself, once for each of its runs', async () => {
    await configure({ immediate: false, cron: '0 0 1 1 *' });
    const { id } = await invoiced();

    await configure({ cron: '* * * * * *' });
    await eventually(runScheduled, ({ released }) => released);
    const shown = await synced(id);
    await configure({ immediate: true });

    expect(shown.erpSynced).toBe(true);
  }, 20_000);

  it('S8 sync-order does not wait for the job', async () => {
    await configure({ immediate: false, cron: '0 0 1 1 *' });
    const { id, number } = await invoiced();
    await shownWhen(id, ({ syncs }) => syncs[0]?.held === true);

    const { body } = await rest('POST', '/sync-order', { orderIncrementId: number });
    await configure({ immediate: true });

    expect(body).toMatchObject({ success: true, status: 'success', attempts: 1 });
    expect((await show(id)).syncs).toHaveLength(1);
  });

  async function queued() {
    const { syncEvents } = await hub.admin.ask<{ syncEvents: { nodes: { entityId: string; held: boolean }[] } }>(
      '{ syncEvents(connector: "escooter", filter: { status: [PENDING, IN_PROGRESS] }, first: 100) { nodes { entityId held } } }',
    );
    return syncEvents.nodes;
  }

  /** The job's own minute may be long: its row is made due instead. */
  async function runScheduled(): Promise<{ released: boolean }> {
    await hub.db.pool.query(
      `update jobs set next_run_at = now() - interval '1 minute' where name = 'send-queued-orders'`,
    );
    const { rows } = await hub.db.pool.query(
      `select 1 from lanes where integration_id = 'escooter' and due = 'infinity'`,
    );
    return { released: rows.length === 0 };
  }
});

describe('addresses', () => {
  it('S8 S10 sync-order answers what came of it, sync-status the record', async () => {
    const { id, number } = await place();

    const { status, body } = await rest('POST', '/sync-order', { orderIncrementId: number });
    const again = await rest('POST', '/sync-order', { orderIncrementId: number });
    const record = await rest('GET', `/sync-status/${number}`);

    const { link } = await show(id);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        success: true,
        sync_id: expect.any(Number),
        order_increment_id: number,
        status: 'success',
        message: 'Order synced successfully',
        erp_reference: link?.externalId,
        attempts: 1,
        last_error: null,
      },
    });
    expect(again.body).toEqual(body);
    expect(record.body).toEqual({
      sync_id: body['sync_id'],
      order_id: id,
      order_increment_id: number,
      status: 'success',
      attempts: 1,
      max_attempts: 5,
      last_attempt_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      next_attempt_at: null,
      erp_reference: link?.externalId,
      last_error: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
  });

  it('S10 keeps the rest of the record in the schema: key, payload, answer, secrets masked', async () => {
    const { id, number } = await invoiced();

    const { syncs } = await synced(id);

    expect(syncs[0]).toMatchObject({ payload: { number }, idempotencyKey: expect.any(String) });
    expect(syncs[0]?.attempts[0]?.response.body).toContain('erp_reference');
    expect(JSON.stringify(syncs)).not.toContain(KEYS.apiKey);
    expect(JSON.stringify(syncs)).not.toContain(KEYS.apiSecret);
  });

  it('S8 resync-order sends again what is in step, and what has failed', async () => {
    await erp.control.addFault({ path: '/orders/sync', kind: 'status', status: 422, message: 'No such SKU' });
    const { id, number } = await place();
    const failed = await rest('POST', '/sync-order', { orderIncrementId: number });

    const mended = await rest('POST', '/resync-order', { orderIncrementId: number });
    const again = await rest('POST', '/resync-order', { orderIncrementId: number });

    expect(failed.body).toMatchObject({ success: false, status: 'failed', attempts: 1, erp_reference: null });
    expect(failed.body['last_error']).toContain('No such SKU');
    expect(mended.body).toMatchObject({ success: true, status: 'success', last_error: null });
    expect(again.body).toMatchObject({ success: true, erp_reference: mended.body['erp_reference'] });
    expect(again.body['sync_id']).not.toBe(mended.body['sync_id']);
    expect(await sent(number)).toHaveLength(3);
    expect((await show(id)).erpSynced).toBe(true);
  });

  it('S8 answers errors in the envelope', async () => {
    const { number } = await place();

    expect(await rest('POST', '/sync-order', { orderIncrementId: 'nothing' })).toMatchObject({
      status: 404,
      body: { success: false, code: 'NOT_FOUND', field: 'orderIncrementId' },
    });
    expect(await rest('POST', '/sync-order', {})).toMatchObject({ status: 400, body: { field: 'orderIncrementId' } });
    expect(await rest('GET', `/sync-status/${number}`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await (await hub.as(null)).rest('POST', `${PATH}/sync-order`, {})).toMatchObject({ status: 401 });
  });

  it('S13 lets the role decide, or the permissions that the token names', async () => {
    const { id, number } = await invoiced();
    await synced(id);
    const statusOf = async (claims: object, method: string, path: string) => {
      const client = await hub.as({ merchantId: MERCHANT, ...claims });
      const body = method === 'GET' ? undefined : { orderIncrementId: number };
      return (await client.rest(method, PATH + path, body)).status;
    };
    const all = async (claims: object) => [
      await statusOf(claims, 'GET', `/sync-status/${number}`),
      await statusOf(claims, 'POST', '/sync-order'),
      await statusOf(claims, 'POST', '/resync-order'),
    ];

    expect(await all({ role: 'viewer' })).toEqual([200, 403, 403]);
    expect(await all({ role: 'operator' })).toEqual([200, 200, 200]);
    expect(await all({ role: 'operator', permissions: [`${P}view_status`] })).toEqual([200, 403, 403]);
    expect(await all({ role: 'operator', permissions: [`${P}sync`] })).toEqual([403, 200, 403]);
    expect(await all({ role: 'viewer', permissions: [`${P}resync`] })).toEqual([403, 403, 200]);
    expect(await all({ role: 'viewer', permissions: ['something.else'] })).toEqual([200, 403, 403]);
  });

  it('S13 config and manage hold in the schema too', async () => {
    const { id } = await invoiced();
    const { syncs } = await synced(id);
    const refusals = async (permissions: string[]) => {
      const client = await hub.as({ role: 'admin', permissions });
      const { update, retry } = await client.ask<Record<'update' | 'retry', { userErrors: { code: string }[] }>>(
        `mutation ($id: ID!) { update: updateIntegration(input: { id: "escooter", settings: { debug: false } }) { userErrors { code } }
          retry: retrySyncEvent(id: $id) { userErrors { code } } }`,
        { id: syncs[0]?.id },
      );
      return [update, retry].map(({ userErrors }) => userErrors[0]?.code ?? null);
    };

    expect(await refusals([`${P}config`])).toEqual([null, 'FORBIDDEN']);
    expect(await refusals([`${P}manage`])).toEqual(['FORBIDDEN', 'INVALID_STATE']);
    expect(await refusals([])).toEqual([null, 'INVALID_STATE']);
  });
});

describe('callbacks', () => {
  it('S7 links the reference that the ERP gives, and refuses wrong signatures', async () => {
    const { id, number } = await place();
    const event = { orderIncrementId: number, erpReference: `ERP-${number}`, status: 'accepted' };

    const accepted = await callback(event);
    const repeated = await callback(event);
    const reserialised = await callback(JSON.stringify(event, null, 1), {
      'x-signature': createHmac('sha256', KEYS.apiSecret).update(JSON.stringify(event)).digest('base64'),
    });
    const unsigned = await callback(event, {});

    expect(accepted).toEqual({
      status: 200,
      body: {
        success: true,
        message: 'Order status updated successfully',
        order_id: id,
        erp_reference: `ERP-${number}`,
        order_status: 'PENDING',
      },
    });
    expect(repeated).toEqual(accepted);
    expect([reserialised.status, unsigned.status]).toEqual([401, 401]);
    expect((await show(id)).link?.externalId).toBe(`ERP-${number}`);
  });

  it('S7 moves the order, takes tracking numbers, and ignores what is late', async () => {
    const { id } = await invoiced();
    const { link } = await synced(id);
    const event = { erpReference: link?.externalId };

    const shipped = await callback({
      ...event,
      status: 'shipped',
      trackingNumbers: ['TRK-1'],
      timestamp: '2026-03-02T10:00:00Z',
    });
    const late = await callback({ ...event, status: 'processing', timestamp: '2026-03-01T10:00:00Z' });

    expect([shipped.status, late.status]).toEqual([200, 200]);
    expect(await show(id)).toMatchObject({ status: 'SHIPPED', trackingNumbers: ['TRK-1'] });
  });

  it('S7 keeps what is about an order that the hub does not know yet', async () => {
    const { number } = orderInput();

    const early = await callback({ orderIncrementId: number, erpReference: `ERP-${number}`, status: 'processing' });
    const id = await idOf(createOrder(hub.admin, orderInput({ number })));
    const shown = await shownWhen(id, ({ status }) => status === 'PROCESSING');

    expect(early.status).toBe(202);
    expect(shown.link?.externalId).toBe(`ERP-${number}`);
  });

  it.each([
    ['{', 'INVALID_JSON'],
    ['{}', 'INVALID_SHAPE'],
    ['{"items":[{"sku":"A","qty":1.5}]}', 'INVALID_SHAPE'],
    ['{"items":[{"sku":"A","qty":99999999999}]}', 'INVALID_SHAPE'],
    ['{"orderIncrementId":"1","timestamp":"soon"}', 'INVALID_SHAPE'],
  ])('S7 refuses %s', async (body, code) => {
    expect(await callback(body)).toMatchObject({ status: 400, body: { code } });
  });
});

describe('stock', () => {
  const stockOf = async (sku: string) => {
    const { inventory } = await hub.admin.ask<{ inventory: { nodes: { available: number; readAt: string }[] } }>(
      'query ($sku: [String!]) { inventory(filter: { sku: $sku }) { nodes { id sku onHand available readAt integration { id } } } }',
      { sku: [sku] },
    );
    return inventory.nodes;
  };

  it('S7 a stock callback changes the levels; an older one changes nothing, SKU by SKU', async () => {
    const first = await callback({
      items: [
        { sku: 'S-1', qty: 5 },
        { sku: 'S-2', qty: 7 },
      ],
      timestamp: '2026-03-02T10:00:00Z',
    });
    const older = await callback({
      items: [
        { sku: 'S-1', qty: 50 },
        { sku: 'S-3', qty: 9 },
      ],
      timestamp: '2026-03-01T10:00:00Z',
    });
    const newer = await callback({ items: [{ sku: 'S-2', qty: -3 }], timestamp: '2026-03-03T10:00:00Z' });

    expect([first.status, older.status, newer.status]).toEqual([200, 200, 200]);
    expect(await stockOf('S-1')).toMatchObject([{ onHand: 5, available: 5, integration: { id: 'escooter' } }]);
    expect(await stockOf('S-2')).toMatchObject([{ available: -3 }]);
    expect(await stockOf('S-3')).toMatchObject([{ available: 9 }]);
  });

  it('S9 mock-update-stock at the simulator reaches the stock of the hub, and a subscriber', async () => {
    const changes = hub.admin.subscribe<{ inventoryChanged: Record<string, unknown> }>(
      'subscription { inventoryChanged(sku: "PROD-001") { sku previousAvailable available inventoryLevel { sku } } }',
    );
    const first = changes.next();
    const ask = () =>
      fetch(`${erp.url}${PATH}/mock-update-stock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ items: [{ sku: 'PROD-001', qty: 5 }], idempotencyKey: 'ERP_abc123' }),
      });
    await new Promise((resolve) => setTimeout(resolve, 300));

    const answers = [await ask(), await ask()];
    const levels = await eventually(
      () => stockOf('PROD-001'),
      (found) => found.length > 0,
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(levels).toMatchObject([{ sku: 'PROD-001', available: 5 }]);
    const { value } = await first;
    expect(value?.inventoryChanged).toMatchObject({ previousAvailable: null, available: 5 });
    await changes.return(undefined);
  });
});

it('S12 refuses settings that it does not know or that make no sense, and names them', async () => {
  const update = (settings: object) =>
    hub.admin.ask<{ payload: { userErrors: { path: string[] }[] } }>(
      'mutation ($input: UpdateIntegrationInput!) { payload: updateIntegration(input: $input) { userErrors { path } } }',
      { input: { id: 'escooter', settings } },
    );

  for (const wrong of [{ cron: 'hourly' }, { maxAttempts: 0 }, { baseDelay: -1 }, { imediate: true }]) {
    const { payload } = await update(wrong);
    expect(payload.userErrors[0]?.path.join('.')).toContain('settings');
  }
});

it('S12 takes part in a manual sync by its id beside other systems', async () => {
  const { id } = await place();

  const { userErrors } = await syncOrder(hub.admin, { id });
  const chosen = await syncOrder(hub.admin, { id, integrationId: 'escooter' });

  expect(userErrors[0]?.code).toBe('BAD_USER_INPUT');
  expect(chosen.id).not.toBeNull();
});
