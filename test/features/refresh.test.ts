import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { MERCHANT, PORTAL_SECRET } from '../harness/hub.js';
import { startWarehouseHub, type WarehouseHub } from '../harness/warehouse-hub.js';
import { createOrder, idOf, mutate, orderInput, settled } from './order-client.js';

let hub: WarehouseHub;
beforeAll(async () => {
  hub = await startWarehouseHub();
  const update = { id: 'extensiv', settings: { readRetryBaseMs: 5 } };
  await idOf(mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', update));
});
afterEach(() => hub.warehouse.control.clearFaults());
afterAll(() => hub.stop());

interface Refreshed {
  product: { sku: string; name: string; price: string; inventory: { available: number; source: string }[] } | null;
  warning: string | null;
  userErrors: { code: string }[];
}
const refresh = async (sku: string) =>
  (
    await hub.admin.ask<{ refreshed: Refreshed }>(
      `mutation ($input: RefreshProductInput!) { refreshed: refreshProduct(input: $input) {
        product { sku name price inventory { available source } } warning userErrors { code } } }`,
      { input: { sku } },
    )
  ).refreshed;
const asked = async (path: string) => (await hub.warehouse.control.requests()).filter(({ url }) => url === path).length;

it('E8 asks for one product and its stock, makes it here, and takes what has changed', async () => {
  const first = await refresh('BOLT-8');
  await hub.warehouse.control.advance({ id: 'BOLT-8', status: '7' });
  const second = await refresh('BOLT-8');
  const none = await refresh('NO-SUCH-SKU');
  const leadingOut = await refresh('..');

  expect(first).toMatchObject({
    product: { sku: 'BOLT-8', name: 'Hex bolt M8', price: '0.35', inventory: [{ available: 100, source: 'live' }] },
    ...{ warning: null, userErrors: [] },
  });
  expect(second.product?.inventory).toEqual([{ available: 7, source: 'live' }]);
  for (const missing of [none, leadingOut])
    expect(missing).toMatchObject({ product: null, userErrors: [{ code: 'UPSTREAM_NOT_FOUND' }] });
  expect(await asked('/api/v1/')).toBe(0);
  expect([await asked('/api/v1/products/BOLT-8'), await asked('/api/v1/inventory/BOLT-8')]).toEqual([2, 2]);
});

it('E4 E8 while the warehouse is down it answers what was last known, with a warning', async () => {
  await refresh('TEA-15');
  await hub.warehouse.control.addFault({ kind: 'status', status: 503, path: '/api/v1/products', count: null });

  const known = await refresh('TEA-15');
  const unknown = await refresh('SALVE-50');

  expect(known).toMatchObject({ product: { sku: 'TEA-15' }, warning: expect.stringContaining('last known') });
  expect(unknown).toMatchObject({ product: null, userErrors: [{ code: 'UPSTREAM_UNAVAILABLE' }] });
});

it('E6 E15 a product that the hub does not know is read through by REST, with all eight fields', async () => {
  const product = await hub.admin.rest('GET', '/api/v1/products/GUMMY-20');
  const none = await hub.admin.rest('GET', '/api/v1/products/NO-SUCH-SKU');

  expect(product).toMatchObject({ status: 200, body: { data: { sku: 'GUMMY-20', inventory: [{ source: 'live' }] } } });
  expect(product.body).toMatchObject({
    data: {
      thc: expect.any(String),
      batchNumber: expect.stringContaining('LOT-'),
      coaLink: expect.stringContaining('GUMMY-20'),
    },
  });
  expect(none).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
});

it('E7 E15 asks once for what the warehouse does not have, reads through for viewers, and answers what arrives at once', async () => {
  const viewer = await hub.as({ role: 'viewer', merchantId: MERCHANT });
  const get = (sku: string) => viewer.rest('GET', `/api/v1/products/${sku}`);

  const missing = [await get('LATER-1'), await get('LATER-1'), await hub.admin.rest('GET', '/api/v1/products/LATER-1')];
  const questions = await asked('/api/v1/products/LATER-1');
  const body = JSON.stringify({ eventType: 'product.created', data: { sku: 'LATER-1', name: 'Came later' } });
  await fetch(`${hub.url}/webhooks/b2b-portal`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-webhook-signature': `sha256=${createHmac('sha256', PORTAL_SECRET).update(body).digest('hex')}`,
      'x-webhook-timestamp': new Date().toISOString(),
    },
    body,
  });
  const [arrived, read] = [await get('LATER-1'), await get('SALVE-50')];

  expect(missing.map(({ status }) => status)).toEqual([404, 404, 404]);
  expect(questions).toBe(1);
  expect(arrived).toMatchObject({ status: 200, body: { data: { name: 'Came later' } } });
  expect(read).toMatchObject({ status: 200, body: { data: { sku: 'SALVE-50', inventory: [{ source: 'live' }] } } });
  expect(await refresh('LATER-1')).toMatchObject({ userErrors: [{ code: 'UPSTREAM_NOT_FOUND' }] });
});

it('B23 asks the portal now how far one order is', async () => {
  await hub.portal.control.configure({ webhookUrl: null });
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');
  await hub.portal.control.advance({ id: links[0]?.externalId ?? '', status: 'PROCESSING', webhook: false });
  const ask = (integrationId: string) =>
    mutate(hub.admin, 'refreshOrder', 'RefreshInput', 'order', { id, integrationId });

  const read = await ask('b2b-portal');
  const elsewhere = await ask('extensiv');
  const { order } = await hub.admin.ask<{ order: object }>('query ($id: ID!) { order(id: $id) { status } }', { id });

  expect(read).toEqual({ id, userErrors: [] });
  expect(order).toEqual({ status: 'PROCESSING' });
  expect(elsewhere.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
});
