import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { holdUp } from '../harness/hold-up.js';
import { MERCHANT, PORTAL_KEY, startTestHub, type TestHub } from '../harness/hub.js';
import { createInvoice, createOrder, idOf, moveOrder, mutate, orderInput, settled } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

const change = (input: object) =>
  idOf(mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', input));
const switched = (enabled: boolean, more: object = {}) => change({ id: 'b2b-portal', enabled, ...more });

/** Makes orders of these numbers, and answers their ids. */
async function place(...numbers: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const number of numbers) ids.push(await idOf(createOrder(hub.admin, orderInput({ number }))));
  return ids;
}

interface Run {
  state: string;
  totalCount: number;
  lookedCount: number;
  sentCount: number;
  progress: number;
}

async function runs(integrationId = 'b2b-portal'): Promise<Run[]> {
  const { fullSyncs } = await hub.admin.ask<{ fullSyncs: { nodes: Run[] } }>(
    'query ($id: ID) { fullSyncs(filter: { integrationId: $id }) { nodes { state totalCount lookedCount sentCount progress } } }',
    { id: integrationId },
  );
  return fullSyncs.nodes;
}

/** Nothing more is sent until then. */
const hold = (until: string) =>
  hub.db.pool.query(`update integration_gates set hold_until = ${until} where integration_id = 'b2b-portal'`);

/** How often the portal was sent each of these numbers. */
async function arrived(...numbers: string[]): Promise<number[]> {
  const { orders = [] } = await hub.portal.control.state();
  return numbers.map((number) => orders.filter((order) => order['order_number'] === number).length);
}

async function blockersOf(id: string) {
  const { order } = await hub.admin.ask<{ order: { blockers: { code: string; nextStep: string }[] } }>(
    'query ($id: ID!) { order(id: $id) { blockers { code nextStep } } }',
    { id },
  );
  return order.blockers;
}

it('F20 N1 sends what came or changed while an integration was off as soon as it is on, each once', async () => {
  const [before = ''] = await place('ON-0');
  await settled(hub.admin, 'order', before, 'SYNCED');
  await switched(false);
  const ids = await place('ON-1', 'ON-2', 'ON-3');
  await idOf(moveOrder(hub.admin, { id: before, status: 'CONFIRMED' }));
  const waiting = await blockersOf(ids[0] ?? '');

  await switched(true);
  for (const id of [...ids, before]) await settled(hub.admin, 'order', id, 'SYNCED');
  const [run] = await eventually(runs, ([newest]) => newest?.state === 'COMPLETE');

  expect(waiting.find(({ code }) => code === 'INTEGRATION_DISABLED')?.nextStep).toMatch(
    /sent by itself when somebody enables/,
  );
  expect(run).toEqual({ state: 'COMPLETE', totalCount: 4, lookedCount: 4, sentCount: 4, progress: 100 });
  expect(await arrived('ON-0', 'ON-1', 'ON-2', 'ON-3')).toEqual([1, 1, 1, 1]);
  const { orders = [] } = await hub.portal.control.state();
  expect(orders.find((order) => order['order_number'] === 'ON-0')).toMatchObject({ status: 'CONFIRMED' });
});

it('F20 sends nothing of it where the operator says so, nor where nothing came', async () => {
  const made = (await runs()).length;
  await switched(false);
  await switched(true);
  await switched(false);
  const [id = ''] = await place('OFF-1');

  await switched(true, { sendMissed: false });
  const [next = ''] = await place('OFF-2');
  await settled(hub.admin, 'order', next, 'SYNCED');

  expect(await runs()).toHaveLength(made);
  expect(await arrived('OFF-1', 'OFF-2')).toEqual([0, 1]);
  expect((await blockersOf(id)).map(({ code }) => code)).toEqual(['NOT_SENT']);
});

it('F20 does not miss an order that is being taken while the integration is switched on', async () => {
  await switched(false);
  const release = await holdUp(hub.db.url, 'lock table audit_entries in share mode');
  const taking = place('RACE-1');
  const held = `select count(distinct pid)::int as count from pg_locks join pg_stat_activity using (pid)
    where not granted and datname = current_database()`;
  const waits = (count: number) =>
    eventually(
      () => hub.db.pool.query<{ count: number }>(held),
      ({ rows }) => (rows[0]?.count ?? 0) >= count,
    );
  await waits(1).catch(async (error: unknown) => {
    await release();
    throw error;
  });
  const switching = switched(true);
  await waits(2).finally(release);

  const [id = ''] = await taking;
  await switching;
  await settled(hub.admin, 'order', id, 'SYNCED');

  expect(await arrived('RACE-1')).toEqual([1]);
});

it('F20 counts what an integration has missed in the run, so that nobody waits for it to be switched on', async () => {
  await switched(false);
  const [id = ''] = await place('COUNT-1', 'COUNT-2');
  await hold(`now() + interval '1 hour'`);

  await switched(true);
  const [before] = await runs();
  await hold('null');
  await settled(hub.admin, 'order', id, 'SYNCED');
  const [after] = await eventually(runs, ([newest]) => newest?.state === 'COMPLETE');

  expect(before).toMatchObject({ state: 'QUEUED', totalCount: 0 });
  expect(after).toMatchObject({ totalCount: 2, sentCount: 2 });
});

it('F20 looks at no more than there are, also where something came while it ran', async () => {
  const [orderId = ''] = await place('GROW-0');
  await settled(hub.admin, 'order', orderId, 'SYNCED');
  await switched(false);
  const [id = ''] = await place('GROW-1');
  const release = await holdUp(hub.db.url, `select 1 from orders where id = '${id}' for update`);
  await switched(true);
  await eventually(runs, ([newest]) => newest?.totalCount === 1);
  await hold(`now() + interval '1 hour'`);

  await idOf(createInvoice(hub.admin, { orderId, number: 'GROW-INV' }));
  await release();
  const [run] = await eventually(runs, ([newest]) => newest?.state === 'COMPLETE');
  await hold('null');

  expect(run).toMatchObject({ totalCount: 2, lookedCount: 2 });
});

it('G1 an integration that is new is sent nothing of what was there before it, on or off', async () => {
  const made = await idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId: MERCHANT, name: 'Second portal', connector: 'b2b-portal', mode: 'HYBRID', enabled: false },
      credentials: { apiKey: PORTAL_KEY },
      settings: { baseUrl: hub.portal.url, merchantId: 'second' },
    }),
  );
  await hub.db.pool.query(`update orders set updated_at = updated_at - interval '1 hour'`);
  const [id = ''] = await place('NEW-1');

  await change({ id: made, enabled: true });
  await settled(hub.admin, 'order', id, 'SYNCED');
  const [run] = await eventually(
    () => runs(made),
    ([newest]) => newest?.state === 'COMPLETE',
  );

  expect(run).toMatchObject({ totalCount: 1, sentCount: 1 });
});
