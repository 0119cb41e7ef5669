import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, moveOrder, mutate, orderInput, settled } from './order-client.js';

const USER = 'netsis-user';
const PASSWORD = 'netsis-password-1';
const SHOP = 'shop-netsis';
let hub: TestHub;
let netsis: SpawnedSimulator;
let integrationId: string;

beforeAll(async () => {
  hub = await startTestHub();
  netsis = await spawnSimulator('netsis', { apiKey: USER, apiSecret: PASSWORD });
  integrationId = await idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      merchantId: SHOP,
      name: 'Netsis',
      connector: 'netsis',
      mode: 'POLLING',
      credentials: { username: USER, password: PASSWORD },
      settings: {
        baseUrl: netsis.url,
        database: 'TEST',
        pageSize: 15,
        timeout: 20_000,
        backoffBaseMs: 50,
        ratePerSecond: null,
      },
    }),
  );
});
beforeEach(() => netsis.control.reset());
afterAll(async () => {
  await netsis.stop();
  await hub.stop();
});

const orderOf = (more: object = {}) => orderInput({ merchantId: SHOP, currency: 'TRY', ...more });
const settledAs = (id: string, state: string) => settled(hub.admin, 'order', id, state);

it('G8 writes an order as a sales order of an account that it makes first, with Turkish text and exact amounts', async () => {
  const input = orderOf({
    number: 'TR-1001',
    customer: { name: 'Gülşah Işık', email: 'gulsah@example.com' },
    lines: [{ sku: 'SKU-1', name: 'Örgü Şapka', quantity: 3, unitPrice: '1234567890.10' }],
    shippingAddress: { line1: 'Çiçekli Sk. 5', city: 'İzmir', country: 'TR' },
  });

  const { links } = await settledAs(await idOf(createOrder(hub.admin, input)), 'SYNCED');

  const { orders = [], accounts = [] } = await netsis.control.state();
  expect(links).toMatchObject([{ externalId: 'SYN00000TR-1001', lastError: null }]);
  expect(accounts).toMatchObject([{ CARI_ISIM: 'Gülşah Işık', CARI_TIP: 'A', EMAIL: 'gulsah@example.com' }]);
  expect(orders).toMatchObject([
    {
      FATIRS_NO: 'SYN00000TR-1001',
      CariKod: accounts[0]?.['CARI_KOD'],
      EKACK5: 'Çiçekli Sk. 5, İzmir, TR',
      Kalems: [{ StokKodu: 'SKU-1', STra_GCMIK: 3, STra_ACIK: 'Örgü Şapka' }],
    },
  ]);
  const write = (await netsis.control.requests()).find(
    ({ method, url }) => method === 'POST' && url.includes('ItemSlips'),
  );
  expect(write?.body).toContain('"STra_BF":1234567890.10');
});

it('G8 makes the account of a customer once, though two of its orders want it at the same time', async () => {
  await netsis.control.addFault({ kind: 'latency', ms: 500, method: 'POST', path: '/api/v2/ARPs' });
  const customer = { reference: 'C-7', name: 'Ayşe' };

  const ids = [
    await idOf(createOrder(hub.admin, orderOf({ customer }))),
    await idOf(createOrder(hub.admin, orderOf({ customer }))),
  ];
  for (const id of ids) await settledAs(id, 'SYNCED');

  const { orders = [], accounts = [] } = await netsis.control.state();
  expect([orders.length, accounts.length]).toEqual([2, 1]);
});

it('G8 replaces what the database’s code page cannot hold, and the order arrives', async () => {
  const input = orderOf({ customer: { name: 'Łukasz Ő 漢' } });

  await settledAs(await idOf(createOrder(hub.admin, input)), 'SYNCED');

  const { accounts = [] } = await netsis.control.state();
  expect(accounts).toMatchObject([{ CARI_ISIM: '?ukasz O ?' }]);
});

it('G8 writes once though the answer is lost: it looks for the order before it repeats', async () => {
  await netsis.control.addFault({ kind: 'hang-up', when: 'after', method: 'POST', path: '/api/v2/ItemSlips' });

  const { syncEvents } = await settledAs(
    await idOf(createOrder(hub.admin, orderOf({ customer: { name: 'Can' } }))),
    'SYNCED',
  );

  const { effects, orders } = await netsis.control.state();
  const writes = (await netsis.control.requests()).filter(
    ({ method, url }) => method === 'POST' && url.includes('ItemSlips'),
  );
  expect(syncEvents.nodes[0]).toMatchObject({ status: 'SUCCESS', retryCount: 1 });
  expect([writes.length, effects.length, orders?.length]).toEqual([1, 1, 1]);
});

it('G8 takes a refusal that comes with status 200 for a refusal, with Netsis’s own words', async () => {
  const input = orderOf({ customer: { name: 'Ece' }, lines: [{ sku: 'UNKNOWN-1', quantity: 1, unitPrice: '1.00' }] });

  const { links, syncEvents } = await settledAs(await idOf(createOrder(hub.admin, input)), 'FAILED');

  expect(syncEvents.nodes).toMatchObject([{ status: 'FAILED', retryCount: 1, errorCode: 'UPSTREAM_REJECTED' }]);
  expect(links[0]?.lastError).toContain('UNKNOWN-1 kodlu stok bulunamadı');
});

it('G8 says what to set when a currency or a customer has no counterpart', async () => {
  const dollars = await settledAs(
    await idOf(createOrder(hub.admin, orderOf({ currency: 'USD', customer: { name: 'Ada' } }))),
    'FAILED',
  );
  const nobodys = await settledAs(await idOf(createOrder(hub.admin, orderOf())), 'FAILED');

  expect(dollars.links[0]?.lastError).toContain('currencyNumbers');
  expect(nobodys.links[0]?.lastError).toContain('defaultCustomerCode');
});

it('G8 changes the same order when its status moves', async () => {
  const id = await idOf(createOrder(hub.admin, orderOf({ customer: { name: 'Deniz' } })));
  await settledAs(id, 'SYNCED');

  await idOf(moveOrder(hub.admin, { id, status: 'CONFIRMED' }));

  const orders = await eventually(
    async () => (await netsis.control.state())['orders'] ?? [],
    ([order]) => order?.['status'] === 'CONFIRMED',
  );
  expect(orders).toHaveLength(1);
});

it('G8 signs in once for many orders at the same time', async () => {
  await netsis.control.clearFaults();

  const ids = await Promise.all(
    Array.from({ length: 8 }, () => idOf(createOrder(hub.admin, orderOf({ customer: { name: 'Can' } })))),
  );
  for (const id of ids) await settledAs(id, 'SYNCED');

  const signIns = (await netsis.control.requests()).filter(({ url }) => url.startsWith('/api/v2/token'));
  expect(signIns.length).toBeLessThanOrEqual(1);
  expect((await netsis.control.state())['orders']).toHaveLength(8);
});

it('G8 pulls items page by page: Turkish names, exact prices, stock, and what has changed since', async () => {
  const pull = () =>
    idOf(mutate(hub.admin, 'startSync', 'StartSyncInput', 'syncEvent', { integrationId, entityType: 'INVENTORY' }));
  const ASK = `query { inventory(filter: { sku: "SKU-3" }) { nodes { onHand available product { name price currency } } } }`;
  const level = async () =>
    (await hub.admin.ask<{ inventory: { nodes: { onHand: number }[] } }>(ASK)).inventory.nodes[0];

  await pull();
  const first = await eventually(level, (found) => found !== undefined);
  await netsis.control.advance({ id: 'SKU-3', status: '7', webhook: false });
  await pull();

  expect(first).toEqual({
    onHand: 30,
    available: 30,
    product: { name: 'Çelik Zil 3', price: '38.49', currency: 'TRY' },
  });
  await eventually(level, (found) => found?.onHand === 7);
  const lists = (await netsis.control.requests()).filter(({ url }) => url.startsWith('/api/v2/Items'));
  expect(new Set(lists.map(({ url }) => new URL(url, netsis.url).searchParams.get('offset'))).size).toBe(3);
});
