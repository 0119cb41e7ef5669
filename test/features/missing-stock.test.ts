import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { startWarehouseHub, type WarehouseHub } from '../harness/warehouse-hub.js';
import { idOf, mutate } from './order-client.js';

/** What is on the shelves at the start. */
const NAMED = ['BOLT-8', 'CBD-OIL-10', 'CBD-OIL-30', 'GUMMY-20', 'SALVE-50', 'TEA-15'];
let hub: WarehouseHub;

beforeAll(async () => {
  hub = await startWarehouseHub();
});
afterAll(() => hub.stop());

interface SyncShown {
  status: string;
  pulls: Record<string, unknown>[];
}

/** Starts a sync of the stock and waits for its end. */
async function pull(): Promise<SyncShown> {
  const id = await idOf(
    mutate(hub.admin, 'syncInventory', 'SyncIntegrationInput', 'syncEvent', { integrationId: 'extensiv' }),
  );
  const ask = `query ($id: ID!) { syncEvent(id: $id) { status errorCode errorMessage
    pulls { state rowsRead rowsChanged rowsRemoved problemCount errorCode } } }`;
  return eventually(
    async () => (await hub.admin.ask<{ syncEvent: SyncShown }>(ask, { id })).syncEvent,
    ({ status }) => status === 'SUCCESS' || status === 'FAILED',
  );
}

const stock = async (sku: string) =>
  (
    await hub.admin.ask<{ inventory: { nodes: Record<string, unknown>[] } }>(
      'query ($sku: [String!]) { inventory(filter: { sku: $sku }) { nodes { sku available warning removedAt } } }',
      { sku: [sku] },
    )
  ).inventory.nodes[0];

/** Reads what has changed, as the schedule does, and waits for the end. */
async function pullChanges(): Promise<Record<string, unknown>> {
  const ask = '{ pulls(first: 100, filter: { entityType: INVENTORY }) { nodes { state since rowsRead rowsChanged } } }';
  const read = async () => (await hub.admin.ask<{ pulls: { nodes: Record<string, unknown>[] } }>(ask)).pulls.nodes;
  const before = (await read()).length;
  await hub.db.pool.query('update polling_schedules set next_run_at = now()');
  await hub.admin.ask('mutation { runJob(name: "start-pulls") { userErrors { message } } }');
  const [last] = await eventually(read, (nodes) => nodes.length > before && nodes[0]?.['state'] !== 'RUNNING');
  return last ?? {};
}

it('E6 between complete syncs only what has changed since the last one is asked for and answered', async () => {
  await hub.warehouse.control.advance({ id: 'made-up', status: '20' });
  await pull();
  // Without the overlap, for which these changes are too young.
  await hub.db.pool.query('update pull_states set watermark = clock_timestamp()');
  await hub.warehouse.control.advance({ id: 'TEA-15', status: '7' });

  const changes = await pullChanges();

  const asked = (await hub.warehouse.control.requests()).filter(({ url }) => url.includes('updated_since='));
  expect(changes).toMatchObject({ state: 'COMPLETE', since: expect.any(String), rowsRead: 1, rowsChanged: 1 });
  expect(asked.map(({ url }) => url.startsWith('/api/v1/inventory'))).toContain(true);
  expect(await stock('TEA-15')).toMatchObject({ available: 7 });
  expect(await stock('SKU-00000019')).toMatchObject({ removedAt: null });
});

it('E6 a known SKU whose row cannot be read is told of and stays as it was', async () => {
  await pull();
  await hub.warehouse.control.advance({ id: 'TEA-15', status: 'unreadable' });
  await hub.warehouse.control.advance({ id: 'SALVE-50', status: 'gone' });

  const { status, pulls } = await pull();
  const [kept, gone] = [await stock('TEA-15'), await stock('SALVE-50')];
  for (const id of ['TEA-15', 'SALVE-50']) await hub.warehouse.control.advance({ id, status: '600' });

  expect(status).toBe('SUCCESS');
  expect(pulls).toMatchObject([{ state: 'COMPLETE', problemCount: 1, rowsRemoved: 1 }]);
  expect(kept).toMatchObject({ available: 7, removedAt: null });
  expect(gone).toMatchObject({ available: 0, removedAt: expect.any(String) });
});

it('E6 a list that is empty or cut short zeroes no stock: the sync fails and says what to do, and what was read counts', async () => {
  const allow = (removeAtMost: number) =>
    idOf(
      mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', {
        id: 'extensiv',
        settings: { removeAtMost },
      }),
    );
  await hub.warehouse.control.advance({ id: 'made-up', status: '30' });
  await pull();
  await hub.warehouse.control.advance({ id: 'made-up', status: '11' });
  await hub.warehouse.control.advance({ id: 'drift', status: '1' });

  const cut = await pull();
  await hub.warehouse.control.advance({ id: 'made-up', status: '0' });
  for (const id of NAMED) await hub.warehouse.control.advance({ id, status: 'gone' });
  const empty = await pull();
  const kept = [await stock('BOLT-8'), await stock('SKU-00000000'), await stock('SKU-00000029')];
  await hub.warehouse.control.advance({ id: 'BOLT-8', status: '55' });
  await allow(1);
  const allowed = await pull();

  const refused = { state: 'FAILED', errorCode: 'TOO_MUCH_MISSING', rowsRemoved: 0 };
  const message = expect.stringContaining('set `removeAtMost` of the integration to 1');
  expect(cut).toMatchObject({
    ...{ status: 'FAILED', errorCode: 'TOO_MUCH_MISSING', errorMessage: message },
    pulls: [{ ...refused, rowsRead: 17, rowsChanged: 1 }],
  });
  expect(empty).toMatchObject({ status: 'FAILED', pulls: [{ ...refused, rowsRead: 0 }] });
  expect(kept).toMatchObject([
    { available: expect.any(Number), removedAt: null, warning: expect.stringContaining('last known stock') },
    { available: 1, removedAt: null },
    { removedAt: null },
  ]);
  expect(kept[0]?.['available']).toBeGreaterThan(0);
  expect(allowed).toMatchObject({ status: 'SUCCESS', pulls: [{ rowsRead: 1, rowsRemoved: 35 }] });
  expect(await stock('SKU-00000029')).toMatchObject({ available: 0, removedAt: expect.any(String) });
});
