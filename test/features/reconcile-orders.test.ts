import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, mutate, orderInput, settled } from './order-client.js';

const KEYS = { apiKey: 'key-123456', apiSecret: 'secret-1234567' };
const QUICK = { ratePerSecond: null, pageSize: 2 };
let hub: TestHub;
const simulators: SpawnedSimulator[] = [];

beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(async () => {
  for (const simulator of simulators) await simulator.stop();
  await hub.stop();
});

interface Found {
  id: string;
  kind: string;
  field: string | null;
  hereValue: string | null;
  thereValue: string | null;
  direction: string;
}

/** A merchant of its own with one integration. */
async function integrate(connector: string, credentials: object, settings: object) {
  const system = await spawnSimulator(connector, KEYS);
  simulators.push(system);
  const integrationId = await idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId: `shop-${connector}`, name: connector, connector, mode: 'POLLING', credentials },
      settings: { ...QUICK, baseUrl: system.url, ...settings },
    }),
  );
  return { integrationId, system };
}

async function reconcile(integrationId: string): Promise<{ id: string; found: Found[]; recordsRead: number }> {
  const { started } = await hub.admin.ask<{ started: { reconciliation: { id: string } } }>(
    'mutation ($id: ID!) { started: reconcile(input: { integrationId: $id }) { reconciliation { id } userErrors { message } } }',
    { id: integrationId },
  );
  const { id } = started.reconciliation;
  const { run, found } = await eventually(
    () =>
      hub.admin.ask<{ run: { state: string; recordsRead: number }; found: { nodes: Found[] } }>(
        `query ($id: ID!) { run: reconciliation(id: $id) { state recordsRead }
          found: reconciliationDifferences(filter: { reconciliationId: $id }) { nodes {
            id kind field hereValue thereValue direction } } }`,
        { id },
      ),
    ({ run: { state } }) => state === 'COMPLETE',
  );
  return { id, found: found.nodes, recordsRead: run.recordsRead };
}

const SYSTEMS = [
  { connector: 'extensiv', credentials: { clientId: KEYS.apiKey, clientSecret: KEYS.apiSecret }, settings: {} },
  {
    connector: 'logo',
    credentials: { clientId: 'demo', clientSecret: KEYS.apiSecret, username: KEYS.apiKey, password: KEYS.apiSecret },
    settings: { firmNumber: 1, defaultArpCode: '120.DEMO', currencyNumbers: { EUR: 20 } },
  },
  {
    connector: 'netsis',
    credentials: { username: KEYS.apiKey, password: KEYS.apiSecret },
    settings: { database: 'TEST', currencyNumbers: { EUR: 2 } },
  },
];

it.each(SYSTEMS)(
  'F7 N2 compares orders with $connector, page by page, and sends what it lacks or has otherwise',
  async (one) => {
    const { integrationId, system } = await integrate(one.connector, one.credentials, one.settings);
    const more = { merchantId: `shop-${one.connector}`, status: 'PAID', customer: { reference: 'C-1', name: 'Ayşe' } };
    const numbers = ['SO-1', 'SO-2', 'SO-3'];
    const orders = await Promise.all(
      numbers.map((number) => idOf(createOrder(hub.admin, orderInput({ ...more, number })))),
    );
    for (const id of orders) await settled(hub.admin, 'order', id, 'SYNCED');
    const inStep = await eventually(
      () => reconcile(integrationId),
      ({ found }) => found.length === 0,
    );
    await hub.db.pool.query(`update orders set number = 'SO-9' where id = $1`, [orders[0]]);
    const renamed = await reconcile(integrationId);
    await system.control.reset();
    const emptied = await reconcile(integrationId);

    await repairAll(emptied.id);
    const mended = await eventually(
      () => reconcile(integrationId),
      ({ found }) => found.length === 0,
    );

    expect(inStep.recordsRead).toBe(3);
    expect(renamed.found).toMatchObject([
      { kind: 'FIELD_DIFFERS', field: 'number', hereValue: 'SO-9', thereValue: 'SO-1', direction: 'OUT' },
    ]);
    expect(emptied.found.map(({ kind, hereValue }) => `${kind} ${hereValue}`).sort()).toEqual([
      'MISSING_THERE SO-2',
      'MISSING_THERE SO-3',
      'MISSING_THERE SO-9',
    ]);
    expect(mended.recordsRead).toBe(3);
  },
);

const repairAll = (id: string) =>
  hub.admin.ask(
    `mutation { repairDifferences(filter: { reconciliationId: "${id}" }) { affected userErrors { message } } }`,
  );

it('F7 says of a system without a list that it cannot be compared', async () => {
  const { reconcile: refused } = await hub.admin.ask<{ reconcile: { userErrors: object[] } }>(
    'mutation { reconcile(input: { integrationId: "b2b-portal" }) { userErrors { code message path } } }',
  );

  expect(refused.userErrors).toEqual([
    {
      code: 'UNSUPPORTED',
      message:
        'B2B Portal has no call that lists what it has, so it cannot be compared: its status checks and webhooks keep it in step.',
      path: ['input', 'integrationId'],
    },
  ]);
});
