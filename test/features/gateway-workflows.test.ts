import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { PORTAL_SECRET } from '../harness/hub.js';
import { startWarehouseHub, type WarehouseHub } from '../harness/warehouse-hub.js';
import { putMapping } from './mapping-client.js';
import { createOrder, idOf, mutate, orderInput, settled } from './order-client.js';

let hub: WarehouseHub;

beforeAll(async () => {
  hub = await startWarehouseHub();
});
afterAll(() => hub.stop());

/** As the gateway's scheme has it. */
async function sendWebhook(event: object, id: string, integrationId = 'b2b-portal') {
  const body = JSON.stringify(event);
  const signature = createHmac('sha256', PORTAL_SECRET).update(body).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-webhook-signature': `sha256=${signature}`,
    'x-webhook-timestamp': new Date().toISOString(),
    'x-webhook-id': id,
  };
  return (await fetch(`${hub.url}/webhooks/${integrationId}`, { method: 'POST', headers, body })).status;
}

it('G19 a webhook is received, mapped, applied once, and can be looked up with what it changed', async () => {
  const input = orderInput();
  const id = await idOf(createOrder(hub.admin, input));
  await settled(hub.admin, 'order', id, 'SYNCED');
  await putMapping(hub.admin, [{ source: 'data.parcel', target: 'trackingNumbers', transformation: '["TR-" & $]' }], {
    direction: 'INBOUND',
  });
  const event = { eventType: 'order.updated', data: { number: input.number, status: 'shipped', parcel: 77 } };

  const answers = [await sendWebhook(event, 'evt-g19'), await sendWebhook(event, 'evt-g19')];

  const seen = await hub.admin.ask(
    `query ($id: ID!) {
      order(id: $id) { status trackingNumbers syncEvents(first: 1) { nodes { direction status operation } } }
      webhookEvents { nodes { eventId status eventType } }
    }`,
    { id },
  );
  expect(answers).toEqual([200, 200]);
  expect(seen).toEqual({
    order: {
      status: 'SHIPPED',
      trackingNumbers: ['TR-77'],
      syncEvents: { nodes: [{ direction: 'INBOUND', status: 'SUCCESS', operation: 'STATUS_CHANGE' }] },
    },
    webhookEvents: { nodes: [{ eventId: 'evt-g19', status: 'PROCESSED', eventType: 'order.updated' }] },
  });
});

const GOODS = `query ($sku: String!) {
  product(sku: $sku) { name price inventory { available onHand integration { id } } }
}`;
const dataOf = (price: number, stock: number) => ({ productId: 'PROD-123', sku: 'SKU-123', price, stock });

it('G5 G19 the document’s product event sets price and stock; one that is late or repeated changes nothing', async () => {
  const at = (minute: number) => new Date(Date.now() + minute * 60_000).toISOString();
  const [first, second, late] = [
    { eventType: 'product.updated', timestamp: at(-3), data: dataOf(29.99, 100) },
    { eventType: 'product.updated', timestamp: at(-1), data: dataOf(31.5, 90) },
    { eventType: 'product.updated', timestamp: at(-2), data: dataOf(1, 1) },
  ];

  const made = await sendWebhook(first, 'goods-1');
  const asMade = await hub.admin.ask(GOODS, { sku: 'SKU-123' });
  const answers = [made, await sendWebhook(second, 'goods-2'), await sendWebhook(late, 'goods-3')];
  answers.push(await sendWebhook(first, 'goods-1'));
  const counted = await sendWebhook(
    { eventType: 'inventory.changed', data: { sku: 'SKU-123', quantity: 7 } },
    'goods-4',
  );

  const integration = { id: 'b2b-portal' };
  expect(answers).toEqual([200, 200, 200, 200]);
  expect(counted).toBe(200);
  expect(asMade).toEqual({
    product: { name: 'SKU-123', price: '29.99', inventory: [{ available: 100, onHand: 100, integration }] },
  });
  expect(await hub.admin.ask(GOODS, { sku: 'SKU-123' })).toEqual({
    product: { name: 'SKU-123', price: '31.5', inventory: [{ available: 7, onHand: 7, integration }] },
  });
});

/** The mapping of the document, as it is written there. */
const DOCUMENTED = [
  { sourceField: 'ITEM_CODE', targetField: 'products.sku', required: true },
  { sourceField: 'ITEM_NAME', targetField: 'products.name', required: true },
  { sourceField: 'UNIT_PRICE', targetField: 'products.price', transformation: 'parseFloat', required: true },
  { sourceField: 'ON_HAND', targetField: 'inventory.stock', transformation: 'parseInt', defaultValue: 0 },
];

it('G1 G10 G19 field mappings that come with an integration map what its webhooks tell in their data', async () => {
  const change =
    'mutation ($input: UpdateIntegrationInput!) { payload: updateIntegration(input: $input) { userErrors { path } } }';
  const wrong = [...DOCUMENTED, { sourceField: 'X', targetField: 'products.brand', transformation: 'no such' }];
  const made = await hub.admin.rest('POST', '/api/integrations', {
    ...{ merchantId: 'shop-mapped', name: 'Mapped', connector: 'netsis', type: 'hybrid', mappings: DOCUMENTED },
    ...{ credentials: { endpoint: hub.warehouse.url, username: 'u', password: 'p' }, settings: { database: 'D' } },
  });
  const { id } = (made.body as { data: { id: string } }).data;
  const registration = { url: 'https://shop.example/hook', events: [], secret: PORTAL_SECRET };
  await hub.admin.rest('POST', `/api/integrations/${id}/webhook/register`, registration);

  const data = { ITEM_CODE: 'IC-1', ITEM_NAME: 'Bolt', UNIT_PRICE: '29.90', ON_HAND: '7' };
  const status = await sendWebhook({ eventType: 'product.updated', data }, 'evt-mapped', id);
  const refusalOf = async (mappings: object[]) => {
    const { payload } = await hub.admin.ask<{ payload: { userErrors: { path: string[] }[] } }>(change, {
      input: { id, mappings },
    });
    return payload.userErrors[0]?.path;
  };
  const refused = await refusalOf(wrong);
  const tooLong = await refusalOf([...DOCUMENTED, { sourceField: 'x'.repeat(5000), targetField: 'products.brand' }]);

  expect([made.status, status]).toEqual([201, 200]);
  expect(await hub.admin.ask(GOODS, { sku: 'IC-1' })).toMatchObject({
    product: { name: 'Bolt', price: '29.90', inventory: [{ available: 7, integration: { id } }] },
  });
  expect(refused).toEqual(['input', 'mappings', '4', 'transformation']);
  expect(tooLong).toEqual(['input', 'mappings', '4', 'sourceField']);
});

it('G5 writes a brand as the hub has it, and stock that was gone is there again', async () => {
  const named = (sku: string, brand: string) => ({ eventType: 'product.created', data: { sku, brand, stock: 3 } });
  await sendWebhook(named('OAK-1', 'Oak & Co'), 'brand-1');
  await sendWebhook(named('OAK-2', 'OAK & CO'), 'brand-2');
  await sendWebhook({ ...named('OAK-1', 'oak & co'), eventType: 'product.updated' }, 'brand-3');
  await hub.db.pool.query(`update inventory_levels set removed_at = now(), product_id = null where sku = 'OAK-1'`);

  await sendWebhook({ eventType: 'inventory.changed', data: { sku: 'OAK-1', quantity: 5 } }, 'brand-4');

  const seen = await hub.admin.ask(`{ products(filter: { skuStartsWith: "OAK-" }) { nodes { sku brand } }
    product(sku: "OAK-1") { inventory { available removedAt } } }`);
  expect(seen).toEqual({
    products: { nodes: ['OAK-1', 'OAK-2'].map((sku) => ({ sku, brand: 'Oak & Co' })) },
    product: { inventory: [{ available: 5, removedAt: null }] },
  });
});

it('G5 an order that is told whole is made once; one that is not waits until it appears', async () => {
  const data = {
    ...{ orderId: 'SHOP-77', orderNumber: 'WEB-77', currency: 'USD', customerEmail: 'ann@example.com' },
    items: [{ sku: 'SKU-123', name: 'Tea', quantity: 2, price: 29.99 }],
    shippingAddress: { name: 'Ann', street: 'Main 1', city: 'Town', zip: '00123', country: 'US' },
  };
  const created = { eventType: 'order.created', data };

  const answers = [await sendWebhook(created, 'order-1'), await sendWebhook(created, 'order-1')];
  answers.push(
    await sendWebhook({ eventType: 'order.updated', data: { orderId: 'SHOP-77', status: 'paid' } }, 'order-2'),
  );
  const partial = await sendWebhook({ eventType: 'order.created', data: { orderNumber: 'WEB-78' } }, 'order-3');

  const { order } = await hub.admin.ask<{ order: object }>(`{ order(number: "WEB-77") {
    status currency totals { grandTotal } customer { email } lines { sku quantity unitPrice }
    shippingAddress { line1 postalCode } links { externalId integration { id } }
  } }`);
  expect(answers).toEqual([200, 200, 200]);
  expect(partial).toBe(202);
  expect(order).toMatchObject({
    // The warehouse may have taken it by now.
    status: expect.stringMatching(/^(PAID|EXPORTED)$/),
    ...{ currency: 'USD', totals: { grandTotal: '59.98' }, customer: { email: 'ann@example.com' } },
    lines: [{ sku: 'SKU-123', quantity: 2, unitPrice: '29.99' }],
    shippingAddress: { line1: 'Main 1', postalCode: '00123' },
  });
  expect(order).toMatchObject({
    links: expect.arrayContaining([{ externalId: 'SHOP-77', integration: { id: 'b2b-portal' } }]),
  });
});

it('G5 an order that rules could not follow is made when it is replayed by mended ones', async () => {
  const rule = { source: 'data.missing', target: 'trackingNumbers', required: true };
  await putMapping(hub.admin, [rule], { direction: 'INBOUND' });
  const items = [{ sku: 'SKU-123', quantity: 1, price: 5 }];
  const data = { orderId: 'SHOP-79', orderNumber: 'WEB-79', currency: 'USD', customerName: 'Ann', items };
  await sendWebhook({ eventType: 'order.created', data }, 'order-79');
  await putMapping(hub.admin, [{ ...rule, required: false }], { direction: 'INBOUND' });
  const READ = '{ order(number: "WEB-79") { status } webhookEvents(first: 1) { nodes { eventId status } } }';
  const before = await hub.admin.ask(READ);

  await hub.admin.ask('mutation { replayWebhookEvents(filter: { status: [FAILED] }) { userErrors { message } } }');

  expect(before).toEqual({ order: null, webhookEvents: { nodes: [{ eventId: 'order-79', status: 'FAILED' }] } });
  expect(await hub.admin.ask(READ)).toEqual({
    order: { status: 'PENDING' },
    webhookEvents: { nodes: [{ eventId: 'order-79', status: 'PROCESSED' }] },
  });
});

it('G5 keeps an event that is about no entity, and answers 200', async () => {
  const status = await sendWebhook({ eventType: 'test', data: { test: true } }, 'goods-5');

  const { webhookEvents } = await hub.admin.ask<{ webhookEvents: { nodes: object[] } }>(
    '{ webhookEvents(first: 1) { nodes { eventId status eventType } } }',
  );
  expect(status).toBe(200);
  expect(webhookEvents.nodes).toEqual([{ eventId: 'goods-5', status: 'IGNORED', eventType: 'test' }]);
});

const STOCK = '{ inventory(filter: { sku: ["TEA-15"], integrationId: "extensiv" }) { nodes { available } } }';

/** Reads the stock, and waits for the end. */
async function pull(): Promise<void> {
  const input = { integrationId: 'extensiv' };
  const id = await idOf(mutate(hub.admin, 'syncInventory', 'SyncIntegrationInput', 'syncEvent', input));
  await eventually(
    () =>
      hub.admin.ask<{ syncEvent: { status: string } }>('query ($id: ID!) { syncEvent(id: $id) { status } }', { id }),
    ({ syncEvent }) => syncEvent.status === 'SUCCESS',
  );
}

async function available(): Promise<number | undefined> {
  const { inventory } = await hub.admin.ask<{ inventory: { nodes: { available: number }[] } }>(STOCK);
  return inventory.nodes[0]?.available;
}

it('G22 answers repeated reads from what it keeps, without asking the system, and is right after a write', async () => {
  const asks = async () =>
    (await hub.warehouse.control.requests()).filter(({ url }) => url.startsWith('/api/v1/inventory')).length;
  await pull();
  await hub.warehouse.control.advance({ id: 'TEA-15', status: '4' });
  await pull();
  const asked = await asks();

  const answers = await Promise.all(Array.from({ length: 20 }, available));

  expect(new Set(answers)).toEqual(new Set([4]));
  expect(await asks()).toBe(asked);
});
