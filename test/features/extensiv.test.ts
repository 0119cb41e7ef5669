import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, moveOrder, mutate, orderInput } from './order-client.js';

const INTEGRATION = { integrationId: 'extensiv' };
const KEYS = { apiKey: 'extensiv-client-1', apiSecret: 'extensiv-secret-1234567890' };
let hub: TestHub;
let warehouse: SpawnedSimulator;

beforeAll(async () => {
  warehouse = await spawnSimulator('extensiv', KEYS);
  const { apiKey: EXTENSIV_CLIENT_ID, apiSecret: EXTENSIV_CLIENT_SECRET } = KEYS;
  hub = await startTestHub({ env: { EXTENSIV_BASE_URL: warehouse.url, EXTENSIV_CLIENT_ID, EXTENSIV_CLIENT_SECRET } });
  const settings = { backoffBaseMs: 20, readRetryBaseMs: 20, circuitOpenMs: 100, ratePerSecond: null, pageSize: 4 };
  const update = { id: 'extensiv', settings };
  await idOf(mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', update));
});
afterAll(async () => {
  await hub.stop();
  await warehouse.stop();
});

const asked = async (path: string) => (await warehouse.control.requests()).filter(({ url }) => url.startsWith(path));
type SyncShown = { status: string; pulls: Record<string, unknown>[] };

/** Starts a sync of the stock and waits for its end. */
async function pull(): Promise<SyncShown> {
  const id = await idOf(mutate(hub.admin, 'syncInventory', 'SyncIntegrationInput', 'syncEvent', INTEGRATION));
  const ask = `query ($id: ID!) { syncEvent(id: $id) { status pulls { state since rowsRead rowsChanged rowsRemoved } } }`;
  const read = async () => (await hub.admin.ask<{ syncEvent: SyncShown }>(ask, { id })).syncEvent;
  return eventually(read, ({ status }) => status === 'SUCCESS' || status === 'FAILED');
}

const stock = async (sku: string) =>
  (
    await hub.admin.ask<{ inventory: { nodes: Record<string, unknown>[] } }>(
      `query ($sku: [String!]) { inventory(filter: { sku: $sku }) { nodes {
         sku available source warning removedAt readAt product { name brand price currency thc batchNumber coaLink } } } }`,
      { sku: [sku] },
    )
  ).inventory.nodes[0];

interface OrderShown {
  status: string;
  trackingNumbers: string[];
  payouts: { recipient: string; amount: string; share: string }[];
  links: { state: string; externalId: string | null; integration: { id: string } }[];
}

/** Of the order's latest sync event with the warehouse. */
async function keyOf(id: string): Promise<string | undefined> {
  const ask = `{ syncEvents(filter: { entityId: "${id}", integrationId: "extensiv" }) { nodes { idempotencyKey } } }`;
  const found = await hub.admin.ask<{ syncEvents: { nodes: { idempotencyKey: string }[] } }>(ask);
  return found.syncEvents.nodes[0]?.idempotencyKey;
}

async function show(id: string): Promise<OrderShown> {
  const ask = `query ($id: ID!) { order(id: $id) { status trackingNumbers payouts { recipient amount share }
    links { state externalId integration { id } } } }`;
  return (await hub.admin.ask<{ order: OrderShown }>(ask, { id })).order;
}
const until = (id: string, status: string) =>
  eventually(
    () => show(id),
    (order) => order.status === status,
  );
const exportedId = ({ links }: OrderShown) =>
  links.find(({ integration }) => integration.id === 'extensiv')?.externalId ?? '';

const paidOrder = async (more: object = {}) => idOf(createOrder(hub.admin, orderInput({ status: 'PAID', ...more })));

const runJob = (name: string) =>
  hub.admin.ask('mutation ($name: String!) { runJob(name: $name) { userErrors { message } } }', { name });

/** The kinds of messages about an order, each as often as it was made. */
async function toldOf(id: string): Promise<string[]> {
  const { rows } = await hub.db.pool.query('select kind from notifications where entity_id = $1 order by id', [id]);
  return rows.map(({ kind }) => kind);
}

it('E1 E2 signs in once for all who ask at once in two hubs, and keeps the token sealed', async () => {
  const other = await hub.startAnother();
  await hub.db.pool.query('delete from integration_tokens');
  await warehouse.control.reset();

  const ids = await Promise.all(Array.from({ length: 6 }, () => paidOrder()));
  await Promise.all(ids.map((id) => until(id, 'EXPORTED')));

  await other.stop();
  const tokens = await hub.db.pool.query(
    `select sealed::text, extract(epoch from expires_at - now())::int as left from integration_tokens`,
  );
  expect((await asked('/oauth/token')).length).toBeLessThanOrEqual(1);
  expect(tokens.rows).toHaveLength((await asked('/oauth/token')).length);
  for (const { sealed, left } of tokens.rows) {
    expect(sealed).not.toContain('ext_');
    expect(left).toBeGreaterThan(3400);
    expect(left).toBeLessThanOrEqual(3540);
  }
});

it('E3 drops a token that is refused, signs in once more and repeats the request', async () => {
  await warehouse.control.reset();
  await warehouse.control.advance({ id: 'tokens', status: 'revoked' });

  const id = await paidOrder();
  const order = await until(id, 'EXPORTED');

  expect(exportedId(order)).toMatch(/^ext_ord_/);
  expect((await asked('/api/v1/orders')).map(({ status }) => status)).toEqual([401, 201]);
  expect(await asked('/oauth/token')).toHaveLength(1);
});

it('E6 reads all eight fields under any of their names, and makes the brands', async () => {
  const { status, pulls } = await pull();

  expect(status).toBe('SUCCESS');
  expect(pulls).toMatchObject([{ state: 'COMPLETE', since: null, rowsRead: 6 }]);
  expect(await stock('BOLT-8')).toMatchObject({
    ...{ available: 100, source: 'live', warning: null },
    product: {
      name: 'Hex bolt M8',
      brand: 'Ironworks',
      price: '0.35',
      currency: 'USD',
      thc: '0.2%',
      batchNumber: 'LOT-1000',
    },
  });
  expect(await stock('CBD-OIL-10')).toMatchObject({
    available: 200,
    product: { brand: 'VitalHemp', price: '29.90', thc: '11', coaLink: 'https://certificates.example/CBD-OIL-10.pdf' },
  });
  const { brands } = await hub.admin.ask<{ brands: { nodes: { name: string }[] } }>('{ brands { nodes { name } } }');
  expect(brands.nodes.map(({ name }) => name)).toEqual(['Ironworks', 'Meadow', 'Sunleaf', 'VitalHemp']);
});

it('E6 a second sync writes only what has changed, and notices what is gone', async () => {
  await pull();
  await warehouse.control.advance({ id: 'TEA-15', status: '7' });
  await warehouse.control.advance({ id: 'SALVE-50', status: 'gone' });

  const { pulls } = await pull();

  expect(pulls).toMatchObject([{ rowsRead: 5, rowsChanged: 1, rowsRemoved: 1 }]);
  expect(await stock('TEA-15')).toMatchObject({ available: 7 });
  expect(await stock('SALVE-50')).toMatchObject({ available: 0, removedAt: expect.any(String) });
});

it('E4 E5 E7 asks again 3 times, then serves the last known stock with its age and a warning; the schedule goes on', async () => {
  await pull();
  await hub.admin.ask(
    `mutation { updateIntegration(input: { id: "extensiv", settings: { maxRetries: 0 } }) { userErrors { message } } }`,
  );
  await warehouse.control.reset();
  await warehouse.control.addFault({ kind: 'status', status: 503, path: '/api/v1/inventory', count: 4 });

  const failed = await pull();
  const stale = await stock('BOLT-8');
  await hub.db.pool.query('update polling_schedules set next_run_at = now()');
  await runJob('start-pulls');
  const fresh = await eventually(
    () => stock('BOLT-8'),
    (level) => level?.['source'] === 'live',
  );

  expect(failed).toMatchObject({ status: 'FAILED', pulls: [{ state: 'FAILED' }] });
  expect(stale).toMatchObject({
    available: 100,
    source: 'stale_cache',
    warning: expect.stringContaining('last known stock'),
  });
  expect(fresh).toMatchObject({ available: 100, warning: null });
  expect((await asked('/api/v1/inventory')).map(({ status }) => status).slice(0, 4)).toEqual([503, 503, 503, 503]);
  await hub.admin.ask(
    `mutation { updateIntegration(input: { id: "extensiv", settings: { maxRetries: 4 } }) { userErrors { message } } }`,
  );
});

it('E9 E10 a paid order is exported in the documented form, with payouts exact to the cent', async () => {
  await pull();
  await warehouse.control.reset();
  const lines = [
    { sku: 'CBD-OIL-10', quantity: 1, unitPrice: '29.90' },
    { sku: 'GUMMY-20', quantity: 3, unitPrice: '18.01' },
  ];
  const shippingAddress = {
    name: 'Ada',
    line1: 'Main St 1',
    city: 'Denver',
    region: 'CO',
    postalCode: '80202',
    country: 'US',
  };

  const id = await paidOrder({ currency: 'USD', lines, shippingAddress, totals: { shipping: '4.99' } });
  const order = await until(id, 'EXPORTED');

  const { orders } = await warehouse.control.state();
  expect(orders).toMatchObject([
    {
      id: exportedId(order),
      shipping_address: { street1: 'Main St 1', city: 'Denver', state: 'CO', zip: '80202', country: 'US' },
      line_items: [
        { sku: 'CBD-OIL-10', quantity: 1 },
        { sku: 'GUMMY-20', quantity: 3 },
      ],
      metadata: { portal_order_id: id, payment_status: 'paid' },
    },
  ]);
  const body = (await asked('/api/v1/orders')).at(-1)?.body;
  expect(body).toContain('"price":29.90');
  expect(body).toContain('"total_amount":88.92');
  expect(order.payouts).toEqual([
    { recipient: 'Sunleaf', amount: '40.07', share: '0.450626' },
    { recipient: 'VitalHemp', amount: '22.17', share: '0.249374' },
    { recipient: 'platform', amount: '26.68', share: '0.3' },
  ]);
});

it('E10 an order that is not paid stays here until it is', async () => {
  await warehouse.control.reset();
  const id = await idOf(createOrder(hub.admin, orderInput({ status: 'CONFIRMED' })));
  await eventually(
    () => show(id),
    ({ links }) => links.some(({ state }) => state === 'SYNCED'),
  );
  const before = (await warehouse.control.state()).effects.length;

  await idOf(moveOrder(hub.admin, { id, status: 'PAID' }));
  await until(id, 'EXPORTED');

  expect(before).toBe(0);
  expect((await warehouse.control.state()).effects).toHaveLength(1);
});

it('E11 tries an export 5 times, then marks the order failed and alerts; once it is redriven it is exported', async () => {
  await warehouse.control.reset();
  await warehouse.control.addFault({ kind: 'status', status: 500, method: 'POST', path: '/api/v1/orders', count: 5 });

  const id = await paidOrder();
  await until(id, 'FAILED');

  const alerts = '{ alerts(open: true) { kind message } }';
  const open = await eventually(
    () => hub.admin.ask<{ alerts: { kind: string }[] }>(alerts),
    (answer) => answer.alerts.some(({ kind }) => kind === 'EXPORT_EXHAUSTED'),
  );
  const posts = (await asked('/api/v1/orders')).filter(({ method }) => method === 'POST');
  expect(posts.map(({ headers }) => headers['idempotency-key'])).toEqual(Array(5).fill(await keyOf(id)));
  expect(open.alerts.map(({ kind }) => kind)).toContain('EXPORT_EXHAUSTED');
  const filter = { integrationId: 'extensiv', entityId: id };
  await hub.admin.ask('mutation ($filter: SyncEventFilter!) { redriveSyncEvents(filter: $filter) { affected } }', {
    filter,
  });
  await until(id, 'EXPORTED');
});

it('E10 an export whose answer was lost is found again, not made twice', async () => {
  await warehouse.control.reset();
  await warehouse.control.addFault({ kind: 'hang-up', when: 'after', method: 'POST', path: '/api/v1/orders' });

  const id = await paidOrder();
  await until(id, 'EXPORTED');

  expect((await warehouse.control.state()).effects).toHaveLength(1);
});

it('E12 E13 follows the orders by one question for all, and tells each step once', async () => {
  await warehouse.control.reset();
  const customer = { name: 'Ada', email: 'ada@example.com' };
  const [pickup, sent] = [await paidOrder({ customer, deliveryMethod: 'pickup' }), await paidOrder({ customer })];
  const at = { pickup: exportedId(await until(pickup, 'EXPORTED')), sent: exportedId(await until(sent, 'EXPORTED')) };
  await warehouse.control.advance({ id: at.pickup, status: 'packed' });
  await warehouse.control.advance({ id: at.sent, status: 'packed' });
  const before = (await asked('/api/v1/orders')).length;

  await runJob('follow-orders');
  await until(pickup, 'PACKED');
  await until(sent, 'PACKED');
  const questions = (await asked('/api/v1/orders')).slice(before).filter(({ url }) => url.includes(at.sent));
  await warehouse.control.advance({ id: at.sent, status: 'shipped' });
  await warehouse.control.advance({ id: at.pickup, status: 'cancelled' });
  await eventually(
    async () => {
      await runJob('follow-orders');
      return show(sent);
    },
    ({ status }) => status === 'SHIPPED',
  );
  await until(pickup, 'CANCELLED');
  await warehouse.control.advance({ id: at.sent, status: 'delivered' });
  await eventually(
    async () => {
      await runJob('follow-orders');
      return show(sent);
    },
    ({ status }) => status === 'DELIVERED',
  );
  const told = await eventually(
    () => toldOf(sent),
    (kinds) => kinds.length >= 4,
  );

  expect(questions).toHaveLength(1);
  expect(questions[0]?.url).toContain('ids=');
  expect(told).toEqual(['order.paid', 'order.delivery_wanted', 'order.shipped', 'order.delivered']);
  expect(await toldOf(pickup)).toEqual(['order.paid', 'order.pickup_ready', 'order.cancelled', 'order.refund_due']);
  expect((await show(sent)).trackingNumbers).toEqual([expect.stringMatching(/^1Z/)]);
});

it('E14 E15 serves products, stock and orders by REST, with filters', async () => {
  await pull();
  const rest = async (method: string, path: string, body?: unknown) => {
    const answer = await hub.admin.rest(method, `/api/v1${path}`, body);
    return { status: answer.status, ...(answer.body as { data: Record<string, unknown>; code?: string }) };
  };
  const lines = [{ sku: 'BOLT-8', quantity: 1, unitPrice: '0.35' }];

  const ofBrand = await rest('GET', '/products?brand=VitalHemp&search=oil&limit=1');
  const product = await rest('GET', '/products/BOLT-8');
  const stocked = await rest('GET', '/inventory?sku=BOLT-8');
  const synced = await rest('POST', '/inventory/sync', {});
  const made = await rest('POST', '/orders', orderInput({ status: 'CONFIRMED', lines }));
  const at = `/orders/${made.data['id']}`;
  const [moved, read] = [await rest('PATCH', `${at}/status`, { status: 'paid' }), await rest('GET', at)];
  const listed = await rest('GET', `/orders?search=${made.data['number']}&limit=1`);
  const byId = await rest('GET', `/products/${product.data['id']}`);
  const wrong = [await rest('GET', '/orders/ord_none'), await rest('GET', '/products?limit=0')];

  expect(ofBrand).toMatchObject({ status: 200, data: { totalCount: 2, nodes: [{ sku: 'CBD-OIL-10' }] } });
  expect(product).toMatchObject({ status: 200, data: { name: 'Hex bolt M8', inventory: [{ available: 100 }] } });
  expect(stocked.data['nodes']).toMatchObject([{ sku: 'BOLT-8', source: 'live' }]);
  expect(synced.data).toMatchObject({ id: expect.stringMatching(/^\d+$/) });
  expect([made.status, moved.data['status'], read.status]).toEqual([200, 'PAID', 200]);
  expect(listed).toMatchObject({ status: 200, data: { totalCount: 1, nodes: [{ id: made.data['id'] }] } });
  expect(byId.data['sku']).toBe('BOLT-8');
  for (const one of [ofBrand, product, stocked, synced, made, moved, read, listed])
    expect(one).toMatchObject({ success: true, requestId: expect.any(String), timestamp: expect.any(String) });
  expect(wrong.map(({ status, code }) => [status, code])).toEqual([
    [404, 'NOT_FOUND'],
    [400, 'BAD_USER_INPUT'],
  ]);
});
