import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import { putMapping, type Rule } from './mapping-client.js';
import { createOrder, idOf, mutate, orderInput, settled } from './order-client.js';

const SECRET = 'webhook_secret_key';
const keysOf = (system: string) => ({ apiKey: `${system}-key-1`, apiSecret: `${system}-secret-1234567890` });
const root = mkdtempSync(join(tmpdir(), 'syncline-mapped-'));
const simulators: SpawnedSimulator[] = [];
let hub: TestHub;

beforeAll(async () => {
  hub = await startTestHub({ env: { CSV_ROOT: root } });
});
afterAll(async () => {
  await hub.stop();
  for (const simulator of simulators) await simulator.stop();
  rmSync(root, { recursive: true });
});

const createIntegration = (input: object) =>
  idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId: MERCHANT, name: 'Mapped', mode: 'POLLING', credentials: {} },
      ...input,
    }),
  );

/** An integration with a simulator of its own. */
async function connect(connector: string, credentials: (keys: ReturnType<typeof keysOf>) => object, settings = {}) {
  const keys = keysOf(connector);
  const simulator = await spawnSimulator(connector, keys);
  simulators.push(simulator);
  return createIntegration({
    ...{ connector, credentials: credentials(keys) },
    settings: { baseUrl: simulator.url, pullEveryMinutes: null, ...settings },
  });
}

interface Problems {
  syncEvent: { status: string; problems: { nodes: { line: number; column: string; value: string; rule: string }[] } };
}

/** Reads everything of a kind; answers the rows that could not be taken. */
async function pull(integrationId: string, entityType: string) {
  const id = await idOf(mutate(hub.admin, 'startSync', 'StartSyncInput', 'syncEvent', { integrationId, entityType }));
  const ASK =
    'query ($id: ID!) { syncEvent(id: $id) { status errorMessage problems { nodes { line column value rule } } } }';
  const { syncEvent } = await eventually(
    () => hub.admin.ask<Problems>(ASK, { id }),
    ({ syncEvent: { status } }) => status === 'SUCCESS' || status === 'FAILED',
  );
  expect(syncEvent).toMatchObject({ status: 'SUCCESS', errorMessage: null });
  return syncEvent.problems.nodes;
}

interface ShownProduct {
  name: string;
  brand: string | null;
  barcode: string | null;
  price: string | null;
}
const product = async (sku: string) =>
  (
    await hub.admin.ask<{ product: ShownProduct | null }>(
      'query ($sku: String!) { product(sku: $sku) { name brand barcode price } }',
      { sku },
    )
  ).product;
const stock = async (sku: string, integrationId: string) => {
  const ASK = `query ($sku: [String!], $id: ID!) { inventory(filter: { sku: $sku, integrationId: $id }) {
    nodes { location onHand reserved available } } }`;
  return (await hub.admin.ask<{ inventory: { nodes: object[] } }>(ASK, { sku: [sku], id: integrationId })).inventory
    .nodes;
};

const inbound = (integrationId: string, entityType: string, rules: Rule[]) =>
  putMapping(hub.admin, rules, { integrationId, entityType, direction: 'INBOUND' });

it('G10 follows the rules for pulled products and stock, plain ones and expressions, and tells the rows that break them', async () => {
  const id = await connect('extensiv', ({ apiKey, apiSecret }) => ({ clientId: apiKey, clientSecret: apiSecret }));
  await inbound(id, 'PRODUCT', [
    { source: 'id', target: 'products.barcode' },
    { source: 'price ? price : unit_price', target: 'products.price', transformation: '$decimalMultiply($, "1.20")' },
    { source: 'sku = "BOLT-8" ? null : product_name', target: 'products.name', required: true },
  ]);
  await inbound(id, 'INVENTORY', [
    { source: 'quantity_available', target: 'inventory.stock', transformation: 'parseInt' },
    { source: 'quantity_available > 300 ? 5 : 0', target: 'reserved' },
    { source: 'warehouse', target: 'location', defaultValue: 'MAIN' },
  ]);

  const problems = await pull(id, 'PRODUCT');
  await pull(id, 'INVENTORY');

  expect(problems).toEqual([
    {
      ...{ line: 1, column: 'sku = "BOLT-8" ? null : product_name', value: 'null' },
      rule: expect.stringContaining('Rule 3') && expect.stringContaining('inbound product mapping, version 1'),
    },
  ]);
  expect(await product('TEA-15')).toMatchObject({ barcode: 'prod_6', price: '8.7', name: 'Herbal tea, 15 bags' });
  expect(await product('BOLT-8')).toMatchObject({ price: null, barcode: null });
  expect(await stock('BOLT-8', id)).toEqual([{ location: 'MAIN', onHand: 100, reserved: 0, available: 100 }]);
  expect(await stock('TEA-15', id)).toEqual([{ location: 'MAIN', onHand: 600, reserved: 5, available: 595 }]);
});

it('G7 G8 G10 reads fields of Logo and Netsis that their connectors do not know', async () => {
  const logo = await connect(
    'logo',
    ({ apiKey, apiSecret }) => ({
      ...{ clientId: 'x', clientSecret: apiSecret, username: apiKey },
      password: apiSecret,
    }),
    { firmNumber: 1 },
  );
  const netsis = await connect('netsis', ({ apiKey, apiSecret }) => ({ username: apiKey, password: apiSecret }), {
    database: 'DEMO',
  });
  await inbound(logo, 'PRODUCT', [
    { source: '"L-" & CODE', target: 'sku' },
    { source: 'cents', target: 'barcode' },
  ]);
  await inbound(netsis, 'INVENTORY', [
    { source: '"N-" & StokTemelBilgi.Stok_Kodu', target: 'sku' },
    { source: 'StokTemelBilgi.Miktar', target: 'onHand', transformation: '$ + 1' },
    { source: 'StokTemelBilgi.Satis_Fiat1', target: 'price', transformation: 'parseFloat' },
  ]);

  await pull(logo, 'PRODUCT');
  await pull(netsis, 'INVENTORY');

  const item = await product('L-SKU-01');
  expect(item?.barcode).toMatch(/^\d+$/);
  expect(Number(item?.barcode)).toBeCloseTo(Number(item?.price) * 100);
  const [level] = (await stock('N-SKU-1', netsis)) as { onHand: number; available: number }[];
  expect(level?.onHand).toBeGreaterThan(1);
  expect(level?.available).toBe(level?.onHand);
  expect(Number((await product('N-SKU-1'))?.price)).toBeGreaterThan(0);
});

/** Hands over a file and waits until it is taken. */
async function upload(integrationId: string, name: string, content: string) {
  const url = `${hub.url}/api/integrations/${integrationId}/files?name=${name}`;
  const headers = { authorization: await hub.bearer({}), 'content-type': 'text/csv' };
  await fetch(url, { method: 'POST', headers, body: content });
  const ASK = `query ($id: ID!) { importFiles(filter: { integrationId: $id }, first: 50) { nodes {
    name status rowsRead problemCount syncEventId errorMessage } } }`;
  interface File {
    name: string;
    status: string;
    syncEventId: string;
  }
  return eventually(
    async () =>
      (await hub.admin.ask<{ importFiles: { nodes: File[] } }>(ASK, { id: integrationId })).importFiles.nodes.find(
        (file) => file.name === name,
      ),
    (file) => file?.status === 'DONE' || file?.status === 'FAILED',
  );
}

it('G6 G10 takes a file whose columns only the rules of the document know, and writes a file by rules', async () => {
  const id = await createIntegration({ connector: 'csv', settings: { settleMs: 0, defaultCurrency: 'TRY' } });
  const mappings = [
    { sourceField: 'ARTICLE', targetField: 'products.sku', required: true },
    { sourceField: '`Long name`', targetField: 'products.name', required: true },
    { sourceField: 'COST', targetField: 'products.price', transformation: 'parseFloat', required: true },
    { sourceField: 'COUNTED', targetField: 'inventory.stock', transformation: 'parseInt', defaultValue: 0 },
  ];
  await hub.admin.rest('PUT', `/api/integrations/${id}/mappings`, { mappings });
  await putMapping(
    hub.admin,
    [
      { source: '"HUB"', target: 'channel' },
      { source: 'lines.($string(quantity) & "x")', target: 'lines[].packed' },
      { source: 'customer.name', target: 'customer name', transformation: 'toUpperCase' },
    ],
    { integrationId: id, entityType: 'ORDER', direction: 'OUTBOUND' },
  );

  const products = await upload(id, 'products.csv', 'ARTICLE,Long name,COST\nA-1,Bell,12.50\nA-2,,3\nA-3,Horn,dear\n');
  const levels = await upload(id, 'stock.csv', 'ARTICLE;Long name;COST;COUNTED\nA-1;Bell;12.50;7\nA-4;Bag;1;\n');
  const lines = [
    { sku: 'A-1', quantity: 2, unitPrice: '1.00' },
    { sku: 'A-2', quantity: 3, unitPrice: '1.00' },
  ];
  const order = await idOf(createOrder(hub.admin, orderInput({ lines, customer: { name: 'Ada' } })));
  const { links } = await settled(hub.admin, 'order', order, 'SYNCED');

  expect(products).toMatchObject({ status: 'DONE', rowsRead: 1, problemCount: 2, errorMessage: null });
  const PROBLEMS = 'query ($id: ID!) { syncEvent(id: $id) { status problems { nodes { line column value rule } } } }';
  const { syncEvent } = await hub.admin.ask<Problems>(PROBLEMS, { id: products?.syncEventId });
  expect(syncEvent.problems.nodes).toMatchObject([
    { line: 3, column: '`Long name`', rule: expect.stringContaining('one is required') },
    { line: 4, column: 'COST', value: 'dear', rule: expect.stringContaining('found "dear"') },
  ]);
  expect(await product('A-1')).toMatchObject({ name: 'Bell', price: '12.50' });
  expect(levels).toMatchObject({ status: 'DONE', problemCount: 0 });
  expect(await stock('A-1', id)).toEqual([{ location: '', onHand: 7, reserved: 0, available: 7 }]);
  expect(await stock('A-4', id)).toEqual([{ location: '', onHand: 0, reserved: 0, available: 0 }]);
  const folder = join(root, MERCHANT, 'files', 'out');
  const names = readdirSync(folder);
  const [header = '', first, second] = readFileSync(join(folder, names[0] ?? ''), 'utf8').split('\r\n');
  expect(links.length).toBeGreaterThan(0);
  expect(header).toMatch(/line total,packed,.*,export key,channel$/);
  expect(first).toMatch(/,ADA,.*,A-1,.*,2x,.*,HUB$/);
  expect(second).toMatch(/,A-2,.*,3x,/);
});

/** A webhook by the gateway's scheme. */
async function sendWebhook(integrationId: string, eventType: string, data: object, minutesAgo = 0) {
  const timestamp = new Date(Date.now() - minutesAgo * 60_000).toISOString();
  const body = JSON.stringify({ eventType, data });
  const response = await fetch(`${hub.url}/webhooks/${integrationId}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-webhook-signature': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
      'x-webhook-timestamp': timestamp,
    },
  });
  const { data: answer, ...rest } = (await response.json()) as { data?: object };
  return { status: response.status, ...rest, ...answer };
}

it('G5 G19 an event about a product changes its price and its stock, once, and never backwards', async () => {
  const id = await createIntegration({ connector: 'csv', mode: 'POLLING', settings: { folder: 'hooks' } });
  const events = ['product.updated', 'inventory.changed', 'product.deleted'];
  const url = 'https://your-platform.com/webhooks/integration';
  await hub.admin.rest('POST', `/api/integrations/${id}/webhook/register`, { url, events, secret: SECRET });
  const told = { productId: 'PROD-123', sku: 'SKU-123', price: 29.99, stock: 100 };

  const made = await sendWebhook(id, 'product.updated', told, 3);
  const late = await sendWebhook(id, 'product.updated', { ...told, price: 1, stock: 1 }, 4);
  const wrong = await sendWebhook(id, 'product.updated', { ...told, stock: 'many' });

  expect(made).toMatchObject({ status: 'PROCESSED' });
  expect(late).toMatchObject({ status: 'IGNORED' });
  expect(wrong).toMatchObject({ status: 400, field: 'data.stock' });
  expect(await product('SKU-123')).toMatchObject({ name: 'SKU-123', price: '29.99' });
  expect(await stock('SKU-123', id)).toEqual([{ location: '', onHand: 100, reserved: 0, available: 100 }]);

  await sendWebhook(id, 'product.updated', { sku: 'SKU-123', name: 'Lamp', brand: 'Lumen' }, 2);
  await sendWebhook(id, 'inventory.changed', { sku: 'SKU-123', stock: 80, reserved: 5 }, 1);

  expect(await product('SKU-123')).toEqual({ name: 'Lamp', brand: 'Lumen', barcode: null, price: '29.99' });
  expect(await stock('SKU-123', id)).toEqual([{ location: '', onHand: 80, reserved: 5, available: 75 }]);
  const CHANGES = `query ($id: ID!) { syncEvents(filter: { integrationId: $id }) { nodes { entityType entityId operation status } } }`;
  const { syncEvents } = await hub.admin.ask<{ syncEvents: { nodes: object[] } }>(CHANGES, { id });
  expect(syncEvents.nodes).toContainEqual({
    ...{ entityType: 'PRODUCT', entityId: expect.any(String), operation: 'UPDATE', status: 'SUCCESS' },
  });

  await sendWebhook(id, 'product.deleted', { sku: 'SKU-123' });

  const GONE = 'select deleted_at is not null as gone from products where sku = $1';
  expect((await hub.db.pool.query(GONE, ['SKU-123'])).rows).toEqual([{ gone: true }]);
});

it('G10 G19 an event in the sender’s own words becomes a product with stock by the rules of the document', async () => {
  const id = await createIntegration({ connector: 'csv', mode: 'POLLING', settings: { folder: 'words' } });
  const url = 'https://your-platform.com/webhooks/integration';
  await hub.admin.rest('POST', `/api/integrations/${id}/webhook/register`, { url, secret: SECRET });
  const mappings = [
    { sourceField: 'data.ITEM_CODE', targetField: 'products.sku', required: true },
    { sourceField: 'data.UNIT_PRICE', targetField: 'products.price', transformation: 'parseFloat' },
    { sourceField: 'data.ON_HAND', targetField: 'inventory.stock', transformation: 'parseInt' },
  ];
  await hub.admin.rest('PUT', `/api/integrations/${id}/mappings`, { mappings });

  const taken = await sendWebhook(id, 'product.updated', { ITEM_CODE: 'W-1', UNIT_PRICE: '10.10', ON_HAND: '12.0' });
  const broken = await sendWebhook(id, 'product.updated', { UNIT_PRICE: '10.10' });

  expect(taken).toMatchObject({ status: 'PROCESSED' });
  expect(await product('W-1')).toMatchObject({ price: '10.10' });
  expect(await stock('W-1', id)).toEqual([{ location: '', onHand: 12, reserved: 0, available: 12 }]);
  expect(broken).toMatchObject({ status: 'FAILED', message: expect.stringContaining('data.ITEM_CODE → products.sku') });
});
