import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createOrder, idOf, orderInput } from '../features/order-client.js';
import { eventually } from '../harness/eventually.js';
import { holdUp } from '../harness/hold-up.js';
import { startWarehouseHub, type WarehouseHub } from '../harness/warehouse-hub.js';

let hub: WarehouseHub;
beforeAll(async () => {
  hub = await startWarehouseHub();
});
afterAll(() => hub.stop());

/** Ends the sessions that ask for a token, as a server does that goes down; answers how many. */
async function endTokenReaders(): Promise<number> {
  const { rowCount } = await hub.db.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%from integration_tokens%'
      and pid <> pg_backend_pid()`);
  return rowCount ?? 0;
}

interface Effect {
  status: string;
  operation: string;
}

/** Of its creates alone: what the warehouse answers may already be told to the portal, too. */
async function createdOf(id: string): Promise<string[]> {
  const QUERY = 'query ($id: ID!) { order(id: $id) { syncEvents { nodes { status operation } } } }';
  const { order } = await hub.admin.ask<{ order: { syncEvents: { nodes: Effect[] } } }>(QUERY, { id });
  return order.syncEvents.nodes.filter(({ operation }) => operation === 'CREATE').map(({ status }) => status);
}

it('G20 an effect whose token cannot be read because the database goes is no dead letter: it is sent once it is back', async () => {
  const release = await holdUp(hub.db.url, 'lock table integration_tokens');
  const id = await idOf(createOrder(hub.admin, orderInput({ status: 'PAID' })));
  await eventually(endTokenReaders, (ended) => ended > 0).finally(release);

  const statuses = await eventually(
    () => createdOf(id),
    (now) => now.every((status) => ['SUCCESS', 'FAILED'].includes(status)),
  );

  expect(statuses).toEqual(['SUCCESS', 'SUCCESS']);
});
