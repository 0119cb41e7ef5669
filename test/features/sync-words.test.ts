import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { idOf, mutate } from './order-client.js';

const KEYS = { apiKey: 'key-123456', apiSecret: 'secret-1234567' };
let hub: TestHub;
const simulators: SpawnedSimulator[] = [];

beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(async () => {
  for (const simulator of simulators) await simulator.stop();
  await hub.stop();
});

async function integrate(connector: string, credentials: object, settings: object): Promise<string> {
  if (connector !== 'csv') simulators.push(await spawnSimulator(connector, KEYS));
  const baseUrl = simulators.at(-1)?.url;
  return idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId: `shop-${connector}`, name: connector, connector, mode: 'POLLING', credentials },
      settings: { ratePerSecond: null, ...(connector !== 'csv' && { baseUrl }), ...settings },
    }),
  );
}

async function sync(id: string, type: string) {
  const { status, body } = await hub.admin.rest('POST', `/api/integrations/${id}/sync`, { type });
  return { status, ...(body as { error?: string; code?: string; data?: { syncEventId: string; type: string } }) };
}

const outcomeOf = (id: string) =>
  eventually(
    () =>
      hub.admin.ask<{ syncEvent: { status: string; entityType: string; errorMessage: string | null } }>(
        'query ($id: ID!) { syncEvent(id: $id) { status entityType errorMessage } }',
        { id },
      ),
    ({ syncEvent: { status } }) => status === 'SUCCESS' || status === 'FAILED',
  );

const SYSTEMS = [
  {
    connector: 'logo',
    title: 'Logo ERP',
    credentials: { clientId: 'demo', clientSecret: KEYS.apiSecret, username: KEYS.apiKey, password: KEYS.apiSecret },
    settings: { firmNumber: 1 },
    products: 30,
  },
  {
    connector: 'netsis',
    title: 'Netsis ERP',
    credentials: { username: KEYS.apiKey, password: KEYS.apiSecret },
    settings: { database: 'TEST' },
    products: 40,
  },
  { connector: 'csv', title: 'CSV and Excel files', credentials: {}, settings: { folder: 'words' }, products: 0 },
];

it.each(SYSTEMS)(
  'G2 G7 G8 G6 takes each word for what $connector can do, and names that for the others',
  async (one) => {
    const id = await integrate(one.connector, one.credentials, one.settings);
    const words = ['products', 'pricing', 'prices', 'inventory', 'stock', 'orders'];

    const begun = [];
    for (const word of words) begun.push(await sync(id, word));
    const ended = await Promise.all(begun.map(({ data }) => outcomeOf(data?.syncEventId ?? '0')));
    const refused = await sync(id, 'invoices');
    const unknown = await sync(id, 'weather');

    expect(begun.map(({ status }) => status)).toEqual(words.map(() => 202));
    expect(ended.map(({ syncEvent }) => syncEvent)).toEqual(
      ['PRODUCT', 'PRODUCT', 'PRODUCT', 'INVENTORY', 'INVENTORY', 'ORDER'].map((entityType) => ({
        ...{ entityType, status: 'SUCCESS', errorMessage: null },
      })),
    );
    expect(refused).toMatchObject({
      status: 409,
      code: 'UNSUPPORTED',
      error: `${one.title} has nothing of the kind invoice to read. It can be asked for products (with their prices), inventory, orders.`,
    });
    expect(unknown).toMatchObject({ status: 400, error: expect.stringMatching(/type.*inventory.*pricing/s) });
    const { products } = await hub.admin.ask<{ products: { totalCount: number } }>(
      `{ products(filter: { merchantId: "shop-${one.connector}" }) { totalCount } }`,
    );
    expect(products.totalCount).toBe(one.products);
  },
);

it('G2 says of a system that only sends webhooks that it cannot be asked', async () => {
  const input = { merchantId: 'shop-stripe', name: 'Stripe', connector: 'stripe', mode: 'WEBHOOK' };
  const credentials = { webhookSecret: 'whsec_1234567890123456' };
  const id = await idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...input,
      credentials,
      settings: {},
    }),
  );

  const refused = await sync(id, 'orders');

  expect(refused).toMatchObject({
    code: 'UNSUPPORTED',
    error: expect.stringContaining('it tells what it has by webhooks'),
  });
});
