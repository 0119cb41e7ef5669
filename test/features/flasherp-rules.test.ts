import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { type FlashErpHub, startFlashErpHub } from './flasherp-hub.js';
import { idOf, mutate } from './order-client.js';

let hub: FlashErpHub;
beforeAll(async () => {
  hub = await startFlashErpHub();
});
beforeEach(() => hub.erp.control.clearFaults());
afterAll(() => hub.stop());

const configure = (settings: object) =>
  idOf(mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', { id: 'flasherp', settings }));
const EVENTS = `query ($id: ID!) { transaction(id: $id) { links { state } syncEvents { nodes { status retryCount } } } }`;

interface Shown {
  transaction: { links: { state: string }[]; syncEvents: { nodes: { status: string; retryCount: number }[] } };
}
const show = async (id: string) => (await hub.admin.ask<Shown>(EVENTS, { id })).transaction;

const HEALTH = '{ connectorHealth { circuit integration { id } } }';
async function circuit(): Promise<string | undefined> {
  const { connectorHealth } = await hub.admin.ask<{
    connectorHealth: { circuit: string; integration: { id: string } }[];
  }>(HEALTH);
  return connectorHealth.find(({ integration }) => integration.id === 'flasherp')?.circuit;
}

it('F15 tries four times, opens the circuit after five failures, and closes it by one probe', async () => {
  await configure({ backoffBaseMs: 20, circuitOpenMs: 500, concurrency: 1 });
  await hub.erp.control.addFault({ kind: 'status', status: 503, count: null });
  const first = await idOf(hub.createTransaction({ reference: 'tried-1' }));
  const dead = await eventually(
    () => show(first),
    ({ links }) => links[0]?.state === 'FAILED',
  );
  // However late it is seen that the circuit is open, this one has not given up.
  await configure({ maxRetries: 50 });
  const second = await idOf(hub.createTransaction({ reference: 'tried-2' }));
  await eventually(circuit, (state) => state === 'OPEN');
  const calls = async () => (await hub.erp.control.requests()).filter(({ method }) => method === 'POST').length;
  const before = await calls();

  await hub.erp.control.clearFaults();
  await eventually(
    () => show(second),
    ({ links }) => links[0]?.state === 'SYNCED',
  );

  expect(dead.syncEvents.nodes).toEqual([{ status: 'FAILED', retryCount: 3 }]);
  expect(before).toBeGreaterThanOrEqual(5);
  await eventually(circuit, (state) => state === 'CLOSED');
  await configure({ maxRetries: null });
});

/** Lets a job run once and waits for its end. */
async function runJob(name: string): Promise<void> {
  const read = async () => {
    const { jobs } = await hub.admin.ask<{ jobs: { name: string; lastFinishedAt: string | null }[] }>(
      '{ jobs { name lastFinishedAt } }',
    );
    return jobs.find((job) => job.name === name)?.lastFinishedAt;
  };
  const before = await read();
  await hub.admin.ask('mutation ($name: String!) { runJob(name: $name) { userErrors { message } } }', { name });
  await eventually(read, (at) => at !== before);
}

interface Timed {
  integration: { timetable: { task: string; schedule: string; lastRunAt: string | null }[] };
}
const timetable = async () => {
  const asked = '{ integration(id: "flasherp") { timetable { task schedule lastRunAt } } }';
  return (await hub.admin.ask<Timed>(asked)).integration.timetable;
};
const schedules = (tasks: Timed['integration']['timetable']) =>
  Object.fromEntries(tasks.map(({ task, schedule }) => [task, schedule]));

it('F16 has its timetable as data, which its settings change and switch off', async () => {
  await runJob('keep-timetables');
  const usual = await timetable();
  await configure({ syncInterval: 7200, timetable: { reconciliation: null } });
  await runJob('keep-timetables');
  const changed = await timetable();
  await configure({ enableAutoSync: false, timetable: null });
  await runJob('keep-timetables');
  const off = await timetable();
  const { jobs } = await hub.admin.ask<{ jobs: { name: string; schedule: string }[] }>('{ jobs { name schedule } }');
  await configure({ enableAutoSync: null, syncInterval: null });

  expect(schedules(usual)).toEqual({
    SYNC_TRANSACTIONS: '0 * * * *',
    SYNC_SUBSCRIPTIONS: '0 */6 * * *',
    RECONCILE: '0 2 * * *',
    CHECK_HEALTH: '*/15 * * * *',
  });
  expect(usual.find(({ task }) => task === 'CHECK_HEALTH')?.lastRunAt).not.toBeNull();
  expect(schedules(changed)).toMatchObject({ SYNC_TRANSACTIONS: 'every 7200000 ms' });
  expect(changed.map(({ task }) => task)).not.toContain('RECONCILE');
  expect(Object.keys(schedules(off))).toEqual(['CHECK_HEALTH', 'RECONCILE']);
  expect(jobs.find(({ name }) => name === 'retry-failed')?.schedule).toBe('*/5 * * * *');
});

it('F16 a timed sync that is due sends what a switch had held back', async () => {
  await configure({ enableAutoSync: true, syncScope: { transactions: false } });
  const id = await idOf(hub.createTransaction({ reference: 'held-back' }));
  const before = await show(id);
  await configure({ syncScope: { transactions: true } });
  await runJob('keep-timetables');
  await hub.db.pool.query(`update integration_tasks set next_run_at = now() where task = 'SYNC_TRANSACTIONS'`);

  await runJob('keep-timetables');
  const after = await eventually(
    () => show(id),
    ({ links }) => links[0]?.state === 'SYNCED',
  );

  expect(before.syncEvents.nodes).toEqual([]);
  expect(after.syncEvents.nodes).toEqual([{ status: 'SUCCESS', retryCount: 0 }]);
});

it('F16 a task that fails in the hub itself is put down as failed and holds up none behind it', async () => {
  await hub.db.pool.query(`update integration_tasks set next_run_at = now(), last_run_at = null
    where task in ('RECONCILE', 'SYNC_TRANSACTIONS')`);
  await hub.db.pool.query('alter table reconciliations rename to hidden');

  await runJob('keep-timetables');
  await hub.db.pool.query('alter table hidden rename to reconciliations');

  const { rows } =
    await hub.db.pool.query(`select task, last_run_at is not null as ran, last_error is not null as failed
    from integration_tasks where task in ('RECONCILE', 'SYNC_TRANSACTIONS') order by task`);
  expect(rows).toEqual([
    { task: 'RECONCILE', ran: true, failed: true },
    { task: 'SYNC_TRANSACTIONS', ran: true, failed: false },
  ]);
});

it('F16 puts a failed sync back at most so often, and not before its time', async () => {
  await configure({ maxRetries: 0, maxRedrives: 2, redriveBaseMs: 3_600_000, circuitFailures: 100 });
  await hub.erp.control.addFault({ kind: 'status', status: 503, count: null });
  const id = await idOf(hub.createTransaction({ reference: 'put-back' }));
  const attempts = async () =>
    (await hub.erp.control.requests()).filter(({ body }) => body.includes('put-back')).length;
  const failed = async (calls: number) => {
    await eventually(attempts, (made) => made === calls);
    await eventually(
      () => show(id),
      ({ links }) => links[0]?.state === 'FAILED',
    );
  };
  await failed(1);

  await runJob('retry-failed');
  const tooEarly = await attempts();
  await configure({ redriveBaseMs: 0 });
  for (const calls of [2, 3, 3]) {
    await runJob('retry-failed');
    await failed(calls);
  }

  expect(tooEarly).toBe(1);
  expect(await attempts()).toBe(3);
});
