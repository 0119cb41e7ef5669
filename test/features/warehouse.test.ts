import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitTotal } from '../../src/model/payouts.js';
import { eventually } from '../harness/eventually.js';
import { MERCHANT } from '../harness/hub.js';
import { startWarehouseHub, type WarehouseHub } from '../harness/warehouse-hub.js';
import { startMailServer } from '../notify/receivers.js';
import { createOrder, idOf, mutate, orderInput } from './order-client.js';

const OPS = 'ops@example.com';
let hub: WarehouseHub;
let mail: Awaited<ReturnType<typeof startMailServer>>;

beforeAll(async () => {
  mail = await startMailServer();
  hub = await startWarehouseHub({
    env: {
      NOTIFY_SMTP_URL: mail.url,
      NOTIFY_MAIL_FROM: 'hub@example.com',
      NOTIFY_MAIL_TO: OPS,
    },
  });
  await setExtensiv({ backoffBaseMs: 20, readRetryBaseMs: 20, ratePerSecond: null });
});
afterAll(async () => {
  await hub.stop();
  mail.stop();
});

const setExtensiv = (settings: object) =>
  idOf(mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', { id: 'extensiv', settings }));

interface OrderShown {
  number: string;
  status: string;
  payouts: { recipient: string; amount: string; voidedAt: string | null }[];
  links: { externalId: string | null; integration: { id: string } }[];
}

const SHOW = `query ($id: ID!) { order(id: $id) { number status payouts { recipient amount voidedAt }
  links { externalId integration { id } } } }`;
const show = async (id: string) => (await hub.admin.ask<{ order: OrderShown }>(SHOW, { id })).order;
const until = (id: string, status: string) =>
  eventually(
    () => show(id),
    (order) => order.status === status,
  );
const follow = () => hub.admin.ask('mutation { runJob(name: "follow-orders") { userErrors { message } } }');

/** A paid order that the warehouse has; answers its id here, and how it is moved on there until the hub has heard of it. */
async function exported(more: object) {
  const id = await idOf(createOrder(hub.admin, orderInput({ status: 'PAID', ...more })));
  const { links, number } = await until(id, 'EXPORTED');
  const there = links.find(({ integration }) => integration.id === 'extensiv')?.externalId ?? '';
  const move = async (status: string) => {
    await hub.warehouse.control.advance({ id: there, status });
    await eventually(
      async () => {
        await follow();
        return show(id);
      },
      (order) => order.status === status.toUpperCase(),
    );
  };
  return { id, number, move };
}

/** The mails about an order, once there are so many: what for, to whom, and what they say. */
async function mailsAbout(number: string, count: number) {
  const find = async () => mail.mails.filter(({ text }) => new RegExp(`${number}\\b`).test(text));
  const found = await eventually(find, (mails) => mails.length >= count);
  return found.map(({ to, text }) => ({ kind: /^X-Syncline-Kind: (.+?)\r?$/m.exec(text)?.[1], to: to.join(), text }));
}

it('E13 mails the customer and the operators at each step of an order that is delivered, once', async () => {
  const customer = { name: 'Ada', email: 'ada@example.com' };
  const { number, move } = await exported({ customer, deliveryMethod: 'courier' });
  for (const status of ['packed', 'shipped', 'delivered']) await move(status);

  await follow();
  await follow();
  const mails = await mailsAbout(number, 4);

  const textOf = (kind: string) => mails.find((one) => one.kind === kind)?.text;
  expect(mails.map(({ kind, to }) => [kind, to]).sort()).toEqual([
    ['order.delivered', customer.email],
    ['order.delivery_wanted', OPS],
    ['order.paid', customer.email],
    ['order.shipped', customer.email],
  ]);
  expect(textOf('order.paid')).toContain('Dear Ada');
  expect(textOf('order.paid')).toContain('199.98 EUR');
  expect(textOf('order.delivery_wanted')).toContain('(courier)');
  expect(textOf('order.shipped')).toMatch(/tracking number: 1Z\d+/);
});

it('E13 mails that a pickup is ready; a cancellation tells both sides, voids the payouts and asks for the refund', async () => {
  const customer = { name: 'Bo', email: 'bo@example.com' };
  const { id, number, move } = await exported({ customer, deliveryMethod: 'pickup' });
  for (const status of ['packed', 'cancelled']) await move(status);

  const mails = await mailsAbout(number, 4);
  const { payouts } = await eventually(
    () => show(id),
    (order) => order.payouts.every(({ voidedAt }) => voidedAt !== null),
  );

  expect(mails.map(({ kind, to }) => [kind, to]).sort()).toEqual([
    ['order.cancelled', customer.email],
    ['order.paid', customer.email],
    ['order.pickup_ready', customer.email],
    ['order.refund_due', OPS],
  ]);
  expect(mails.find(({ kind }) => kind === 'order.refund_due')?.text).toContain('199.98 EUR are to be paid back');
  expect(payouts.length).toBeGreaterThan(0);
});

it('E4 E11 does not repeat an export that was refused with 400: the order is failed', async () => {
  await hub.warehouse.control.addFault({ kind: 'status', status: 400, method: 'POST', path: '/api/v1/orders' });

  const id = await idOf(createOrder(hub.admin, orderInput({ status: 'PAID' })));
  await until(id, 'FAILED');

  expect((await hub.warehouse.control.requests()).filter(({ body }) => body.includes(id))).toHaveLength(1);
});

it('E9 a brand earns its own share, else the one that its merchant has set, else 70 percent', async () => {
  const lines = [
    { sku: 'CBD-OIL-10', quantity: 1, unitPrice: '10.01' },
    { sku: 'GUMMY-20', quantity: 1, unitPrice: '20.02' },
  ];
  const earned = async () => {
    const { id } = await exported({ currency: 'USD', lines });
    return (await show(id)).payouts.map(({ recipient, amount }) => `${recipient} ${amount}`);
  };
  await idOf(mutate(hub.admin, 'syncInventory', 'SyncIntegrationInput', 'syncEvent', { integrationId: 'extensiv' }));
  const brands = await eventually(
    async () =>
      (await hub.admin.ask<{ brands: { nodes: { id: string; name: string }[] } }>('{ brands { nodes { id name } } }'))
        .brands.nodes,
    (nodes) => nodes.length >= 4,
  );
  const hemp = brands.find(({ name }) => name === 'VitalHemp')?.id;
  const set = (name: string, type: string, noun: string, input: object) => mutate(hub.admin, name, type, noun, input);

  const usual = await earned();
  await idOf(set('updateMerchant', 'UpdateMerchantInput', 'merchant', { id: MERCHANT, payoutPercent: '50' }));
  const ofMerchant = await earned();
  await idOf(set('updateBrand', 'UpdateBrandInput', 'brand', { id: hemp, payoutPercent: '33.3333' }));
  const ofBrand = await earned();
  const wrong = await set('updateBrand', 'UpdateBrandInput', 'brand', { id: hemp, payoutPercent: '100.1' });
  const operator = await hub.as({ role: 'operator' });
  const refused = await mutate(operator, 'updateBrand', 'UpdateBrandInput', 'brand', { id: hemp });

  expect(usual).toEqual(['Sunleaf 14.01', 'VitalHemp 7.01', 'platform 9.01']);
  expect(ofMerchant).toEqual(['Sunleaf 10.01', 'VitalHemp 5.01', 'platform 15.01']);
  expect(ofBrand).toEqual(['Sunleaf 10.01', 'VitalHemp 3.34', 'platform 16.68']);
  expect(wrong.userErrors).toMatchObject([{ code: 'BAD_USER_INPUT', path: ['input', 'payoutPercent'] }]);
  expect(refused.userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
});

it('E9 whatever the lines and shares, the parts are whole cents that sum to the total', () => {
  const cents = (units: number) => `${Math.trunc(units / 100)}.${String(units % 100).padStart(2, '0')}`;
  const line = fc.record({
    recipient: fc.constantFrom('A', 'B', 'C'),
    percent: fc.constantFrom('0', '0.000001', '33.3333', '66.666666', '70', '100'),
    total: fc.integer({ min: 0, max: 10_000_000 }).map(cents),
  });

  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000 }), fc.array(line, { maxLength: 8 }), (units, lines) => {
      const parts = splitTotal(cents(units), lines, 2).map(({ amount }) => amount);
      expect(parts.every((amount) => /^\d+\.\d\d$/.test(amount))).toBe(true);
      expect(parts.reduce((sum, amount) => sum + BigInt(amount.replace('.', '')), 0n)).toBe(BigInt(units));
    }),
  );
});

/** Reads what the warehouse has, and waits for the end. */
async function pull(entityType = 'INVENTORY'): Promise<string> {
  const input = { integrationId: 'extensiv', entityType };
  const id = await idOf(mutate(hub.admin, 'startSync', 'StartSyncInput', 'syncEvent', input));
  const ask = 'query ($id: ID!) { syncEvent(id: $id) { status } }';
  const read = async () => (await hub.admin.ask<{ syncEvent: { status: string } }>(ask, { id })).syncEvent.status;
  return eventually(read, (status) => status === 'SUCCESS' || status === 'FAILED');
}

const get = async (path: string) => (await hub.admin.rest('GET', `/api/v1${path}`)).body as Listed;

interface Listed {
  success: boolean;
  data: { nodes: Record<string, unknown>[] };
}

interface Figures {
  cache: { hits: number; misses: number; hitRate: number | null };
  inventorySync: { itemsPerRun: number; outcomes: { success: number }; cache: { hits: number; hitRate: number } };
  orderProcessing: { success: number; failed: number; queueWaitMs: number; durationMs: { p95Ms: number } };
  statusPolling: {
    runs: number;
    polled: number;
    changed: number;
    durationMs: { count: number; averageMs: number | null };
  };
  api: { statuses: { status: number; count: number }[]; tokenRefreshes: number; durationMs: { p95Ms: number } };
}

async function figures(): Promise<Figures> {
  const ask = `{ integrationMetrics(integrationId: "extensiv") { cache { hits misses hitRate }
    inventorySync { itemsPerRun outcomes { success } cache { hits hitRate } }
    orderProcessing { success failed queueWaitMs durationMs { p95Ms } }
    statusPolling { runs polled changed durationMs { count averageMs } }
    api { statuses { status count } tokenRefreshes durationMs { p95Ms } } } }`;
  return (await hub.admin.ask<{ integrationMetrics: Figures }>(ask)).integrationMetrics;
}

it('E15 E16 G22 answers a product list from memory until a product changes, and counts how often', async () => {
  await pull();
  const list = async () => {
    const { data } = await get('/products?brand=VitalHemp&search=10%20ml');
    return data.nodes.map(({ name }) => name);
  };
  const of = async (work: () => Promise<unknown>) => {
    const before = (await figures()).cache;
    await work();
    const { hits, misses } = (await figures()).cache;
    return { hits: hits - before.hits, misses: misses - before.misses };
  };
  await list();
  await get('/inventory?sku=BOLT-8');

  const again = await of(() => Promise.all([list(), list(), list()]));
  await hub.db.pool.query(`update products set name = 'CBD oil, small' where sku = 'CBD-OIL-10'`);
  const changed = await of(list);
  const names = await list();

  expect(again).toEqual({ hits: 3, misses: 0 });
  expect(changed).toEqual({ hits: 0, misses: 1 });
  expect(names).toEqual([]);
});

it('E12 asks for one order after the other, at half of the rate, where the warehouse knows no lists of ids', async () => {
  const orders = [await exported({}), await exported({}), await exported({}), await exported({})];
  await setExtensiv({ ratePerSecond: 20 });
  await hub.warehouse.control.addFault({ kind: 'status', status: 400, path: '/api/v1/orders?ids', count: null });
  const spent = async () => {
    const { runs, durationMs } = (await figures()).statusPolling;
    return { runs, ms: durationMs.count * (durationMs.averageMs ?? 0) };
  };
  const before = await spent();

  await orders[3]?.move('picking');
  const after = await eventually(spent, ({ runs }) => runs > before.runs);

  const singles = (await hub.warehouse.control.requests()).filter(({ url }) => url.endsWith('/status'));
  expect(singles.length).toBeGreaterThanOrEqual(orders.length);
  // Each run has so many pauses at least, of 100 ms each.
  expect((after.ms - before.ms) / (after.runs - before.runs)).toBeGreaterThan((orders.length - 1) * 100 * 0.8);
  await hub.warehouse.control.reset();
  await setExtensiv({ ratePerSecond: null });
});

it('E7 E14 serves the last known products and stock with a warning while the system is down', async () => {
  await pull();
  await setExtensiv({ maxRetries: 0, readRetries: 0 });
  await hub.warehouse.control.addFault({ kind: 'status', status: 503, count: null });
  const ended = [await pull('PRODUCT'), await pull()];

  const products = await eventually(
    () => get('/products?brand=VitalHemp'),
    ({ data }) => data.nodes[0]?.['source'] === 'stale_cache',
  );
  const levels = await get('/inventory?sku=BOLT-8');

  expect(ended).toEqual(['FAILED', 'FAILED']);
  const stale = { source: 'stale_cache', warning: expect.stringContaining('last') };
  expect(products).toMatchObject({ success: true, data: { nodes: [{ sku: 'CBD-OIL-10', ...stale }, stale] } });
  expect(levels).toMatchObject({ success: true, data: { nodes: [{ available: 100, ...stale }] } });
});

it('E16 has the four groups of figures', async () => {
  const { inventorySync, orderProcessing, statusPolling, api } = await figures();

  expect(inventorySync).toMatchObject({ itemsPerRun: expect.any(Number), cache: { hitRate: expect.any(Number) } });
  expect(inventorySync.outcomes.success).toBeGreaterThan(0);
  expect(inventorySync.cache.hits).toBeGreaterThan(0);
  expect(orderProcessing).toMatchObject({ queueWaitMs: expect.any(Number), durationMs: { p95Ms: expect.any(Number) } });
  expect(orderProcessing.success).toBeGreaterThan(0);
  expect(statusPolling.polled).toBeGreaterThan(0);
  expect(statusPolling.changed).toBeGreaterThan(0);
  expect(api.tokenRefreshes).toBeGreaterThan(0);
  expect(api.statuses.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 201, 503]));
});

it('E10 E14 takes an order in all of the documents’ words, finds it by its status, and tells the warehouse when it is paid back', async () => {
  const body = {
    ...{ order_number: 'WHOLE-1', order_date: '2026-11-20T10:00:00Z', delivery_method: 'delivery' },
    customer: { name: 'Ada', email: 'ada@example.com', phone: '555', companyName: 'Ada Ltd' },
    shipping_address: { street1: 'Main 1', street2: '', city: 'Austin', state: 'TX', zip: '73301', country: 'US' },
    line_items: [{ sku: 'HEMP-1', quantity: 2, price: 10.05, description: 'Oil' }],
    metadata: { portal_order_id: 'p-1', delivery_zone: 'TX', total_amount: 20.1, payment_status: 'paid' },
  };
  const rest = async (method: string, path: string, sent?: object) =>
    (await hub.admin.rest(method, `/api/v1/orders${path}`, sent)) as {
      status: number;
      body: { data: { id: string; status: string; nodes: { number: string }[] } };
    };
  const bodies = async () =>
    (await hub.warehouse.control.requests())
      .filter(({ body: sent, method }) => sent.includes('WHOLE-1') && method !== 'GET')
      .map(({ body: sent }) => JSON.parse(sent) as Record<string, unknown>);

  await hub.warehouse.control.clearFaults();
  const made = await rest('POST', '', body);
  const [exported] = await eventually(bodies, (all) => all.length === 1);
  const found = await rest('GET', '?search=WHOLE-1&status=exported');
  const none = await rest('GET', '?search=WHOLE-1&status=Delivered');
  await eventually(
    () => rest('GET', `/${made.body.data.id}`),
    (one) => one.body.data.status === 'EXPORTED',
  );
  const refunded = await rest('PATCH', `/${made.body.data.id}/status`, { status: 'cancelled' });
  const ended = (await eventually(bodies, (all) => all.length === 2)).at(-1);

  expect([made.status, found.status, none.status, refunded.status]).toEqual([200, 200, 200, 200]);
  expect(exported).toMatchObject({
    customer: { name: 'Ada', companyName: 'Ada Ltd' },
    metadata: { total_amount: 20.1, payment_status: 'paid', delivery_zone: 'TX' },
  });
  expect(none.body.data.nodes).toEqual([]);
  expect(ended).toMatchObject({ status: 'cancelled', metadata: { payment_status: 'cancelled' } });
});
