import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, moveOrder, mutate, orderInput, settled } from './order-client.js';

const USER = 'logo-user';
const PASSWORD = 'logo-password-1';
const SHOP = 'shop-logo';
let hub: TestHub;
let logo: SpawnedSimulator;
let integrationId: string;

beforeAll(async () => {
  hub = await startTestHub();
  logo = await spawnSimulator('logo', { apiKey: USER, apiSecret: PASSWORD });
  integrationId = await addLogo(SHOP, PASSWORD);
});
beforeEach(() => logo.control.reset());
afterAll(async () => {
  await hub?.stop();
  await logo?.stop();
});

function addLogo(merchantId: string, password: string): Promise<string> {
  return idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId, name: 'Logo', connector: 'logo', mode: 'POLLING' },
      credentials: { clientId: 'hub', clientSecret: 'client-secret-1', username: USER, password },
      settings: {
        ...{ baseUrl: logo.url, firmNumber: 12, timeout: 20_000, backoffBaseMs: 50, ratePerSecond: null },
        ...{ pageSize: 7, maxRetries: 3 },
      },
    }),
  );
}

const orderOf = (more: object = {}) => orderInput({ merchantId: SHOP, currency: 'TRY', ...more });
const settledAs = (id: string, state: string) => settled(hub.admin, 'order', id, state);
const writes = async () =>
  (await logo.control.requests()).filter(({ method, url }) => method === 'POST' && url === '/api/v1/salesOrders');

it('G7 writes an order of an account that it makes first, with Turkish text and exact amounts', async () => {
  const input = orderOf({
    number: 'TR/İ-1001',
    customer: { name: 'Gülşah Işık İĞÜŞÖÇ ığüşöç', email: 'gulsah@example.com' },
    lines: [{ sku: 'ŞAPKA-İ', name: 'Örgü Şapka', quantity: 3, unitPrice: '1234567890.10' }],
    shippingAddress: { line1: 'Çiçekli Sk. 5', city: 'İzmir', country: 'TR' },
  });

  const { links } = await settledAs(await idOf(createOrder(hub.admin, input)), 'SYNCED');

  const { orders = [], arps = [] } = await logo.control.state();
  expect(links).toMatchObject([{ externalId: orders[0]?.['id'], lastError: null }]);
  expect(arps).toMatchObject([{ TITLE: 'Gülşah Işık İĞÜŞÖÇ ığüşöç', ACCOUNT_TYPE: 1, E_MAIL: 'gulsah@example.com' }]);
  expect(orders).toMatchObject([
    {
      NUMBER: '00000001',
      CUST_ORD_NO: 'TR/İ-1001',
      ARP_CODE: arps[0]?.['CODE'],
      ORDER_STATUS: 1,
      NOTES2: 'Çiçekli Sk. 5, İzmir, TR',
      TRANSACTIONS: { items: [{ MASTER_CODE: 'ŞAPKA-İ', QUANTITY: 3, DESCRIPTION: 'Örgü Şapka' }] },
    },
  ]);
  expect((await writes())[0]?.body).toContain('"PRICE":1234567890.10,');
});

it('G7 makes the account of a customer once, though two of its orders want it at the same time', async () => {
  await logo.control.addFault({ kind: 'latency', ms: 500, method: 'POST', path: '/api/v1/Arps' });
  const customer = { reference: 'C-7', name: 'Ayşe' };

  const ids = [
    await idOf(createOrder(hub.admin, orderOf({ customer }))),
    await idOf(createOrder(hub.admin, orderOf({ customer }))),
  ];
  for (const id of ids) await settledAs(id, 'SYNCED');

  const { orders = [], arps = [] } = await logo.control.state();
  expect([orders.length, arps.length]).toEqual([2, 1]);
});

it('G7 replaces what the database’s code page cannot hold, and the order arrives', async () => {
  await settledAs(await idOf(createOrder(hub.admin, orderOf({ customer: { name: 'Łukasz Ő 漢' } }))), 'SYNCED');

  const { arps = [] } = await logo.control.state();
  expect(arps).toMatchObject([{ TITLE: '?ukasz O ?' }]);
});

it('G7 writes once though the answer is lost: it looks for the order before it repeats', async () => {
  await logo.control.addFault({ kind: 'hang-up', when: 'after', method: 'POST', path: '/api/v1/salesOrders' });

  const id = await idOf(createOrder(hub.admin, orderOf({ customer: { name: 'Can' } })));
  const { syncEvents } = await settledAs(id, 'SYNCED');

  const { effects, orders } = await logo.control.state();
  expect(syncEvents.nodes[0]).toMatchObject({ status: 'SUCCESS', retryCount: 1 });
  expect([(await writes()).length, effects.length, orders?.length]).toEqual([1, 1, 1]);
});

it('G7 takes no other program’s order for its own, though its number differs only in case', async () => {
  const number = 'WEB-i1';
  await settledAs(await idOf(createOrder(hub.admin, orderOf({ number, customer: { name: 'Ece' } }))), 'SYNCED');

  const other = orderOf({ number: 'WEB-İ1'.normalize(), customer: { name: 'Ece' } });
  await settledAs(await idOf(createOrder(hub.admin, other)), 'SYNCED');

  expect((await logo.control.state())['orders']).toHaveLength(2);
});

it('G7 changes the same order when its status moves, and keeps its number', async () => {
  const id = await idOf(createOrder(hub.admin, orderOf({ customer: { name: 'Deniz' } })));
  await settledAs(id, 'SYNCED');

  await idOf(moveOrder(hub.admin, { id, status: 'CONFIRMED' }));

  const orders = await eventually(
    async () => (await logo.control.state())['orders'] ?? [],
    ([order]) => order?.['status'] === 'CONFIRMED',
  );
  expect(orders).toMatchObject([{ NUMBER: '00000001', ORDER_STATUS: 4 }]);
});

it('G7 stops at what Logo refuses, with Logo’s own words', async () => {
  const input = orderOf({ customer: { name: 'Ece' }, lines: [{ sku: 'UNKNOWN-1', quantity: 1, unitPrice: '1.00' }] });

  const { links, syncEvents } = await settledAs(await idOf(createOrder(hub.admin, input)), 'FAILED');

  expect(syncEvents.nodes).toMatchObject([{ status: 'FAILED', retryCount: 1, errorCode: 'UPSTREAM_REJECTED' }]);
  expect(links[0]?.lastError).toContain('UNKNOWN-1 kodlu malzeme bulunamadı');
});

it('G7 signs in anew when its token is void in the middle of its work', async () => {
  await settledAs(await idOf(createOrder(hub.admin, orderOf({ customer: { name: 'Can' } }))), 'SYNCED');
  // Tokens are forgotten, too.
  await logo.control.reset();

  const id = await idOf(createOrder(hub.admin, orderOf({ customer: { name: 'Can' } })));
  const { syncEvents } = await settledAs(id, 'SYNCED');

  expect(syncEvents.nodes[0]).toMatchObject({ status: 'SUCCESS', retryCount: 0 });
});

it('G7 never repeats a refused sign-in: the user is not locked however much is to be sent', async () => {
  await addLogo('shop-wrong', 'wrong-password-1');
  const input = () => orderOf({ merchantId: 'shop-wrong', customer: { name: 'Can' } });

  const ids = await Promise.all(Array.from({ length: 6 }, () => idOf(createOrder(hub.admin, input()))));
  const failed = await Promise.all(ids.map((id) => settledAs(id, 'FAILED')));

  expect(failed.map(({ syncEvents }) => syncEvents.nodes[0]?.errorCode)).toEqual(
    Array.from({ length: 6 }, () => 'UPSTREAM_UNAUTHORIZED'),
  );
  expect((await logo.control.state())['signIns']).toEqual([{ refusals: 1 }]);
});

it('G7 reads items with their prices, decimal commas included, and their stock, page by page', async () => {
  const start = (entityType: string) =>
    idOf(mutate(hub.admin, 'startSync', 'StartSyncInput', 'syncEvent', { integrationId, entityType }));
  const ended = (id: string) =>
    eventually(
      () =>
        hub.admin.ask<{ syncEvent: { status: string } }>('query ($id: ID!) { syncEvent(id: $id) { status } }', { id }),
      ({ syncEvent }) => syncEvent.status === 'SUCCESS' || syncEvent.status === 'FAILED',
    );

  const products = await ended(await start('PRODUCT'));
  const stock = await ended(await start('INVENTORY'));
  const shown = await hub.admin.ask<Record<string, { nodes: Record<string, unknown>[] }>>(
    `query ($m: String) { products(filter: { merchantId: $m }, first: 100) { nodes { sku name price currency } }
      inventory(filter: { merchantId: $m }, first: 100) { nodes { sku onHand reserved available } } }`,
    { m: SHOP },
  );

  expect([products.syncEvent.status, stock.syncEvent.status]).toEqual(['SUCCESS', 'SUCCESS']);
  expect(shown['products']?.nodes).toHaveLength(30);
  expect(shown['products']?.nodes).toEqual(
    expect.arrayContaining([
      { sku: 'SKU-01', name: 'Kırmızı Şapka 1', price: '988.49', currency: 'TRY' },
      { sku: 'SKU-03', name: 'Çelik Zil 3', price: '2963.49', currency: 'TRY' },
      { sku: 'SKU-06', name: 'İpek Kuşak 6', price: '5925.99', currency: 'TRY' },
    ]),
  );
  expect(shown['inventory']?.nodes).toHaveLength(30);
  expect(shown['inventory']?.nodes).toContainEqual({ sku: 'SKU-04', onHand: 40, reserved: 3, available: 37 });
});
