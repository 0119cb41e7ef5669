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
  const second = await idOf(hub.createTransaction({ reference: 'tried-2' }));
  await eventually(circuit, (state) => state === 'OPEN');
  const calls = async () => (await hub.erp.control.requests()).filter(({ method }) => method === 'POST').length;
  const before = await calls();

  await hub.erp.control.clearFaults();
  await eventually(
    () => show(second),
    ({ links }) => links[0]?.state === 'SYNCED',
    20_000,
  );

  expect(dead.syncEvents.nodes).toEqual([{ status: 'FAILED', retryCount: 3 }]);
  expect(before).toBeGreaterThanOrEqual(5);
  await eventually(circuit, (state) => state === 'CLOSED');
});

it('F16 has its jobs in the timetable, and the hourly one sends what a switch had held back', async () => {
  const { jobs } = await hub.admin.ask<{ jobs: { name: string; schedule: string }[] }>('{ jobs { name schedule } }');
  await configure({ enableAutoSync: true, syncScope: { transactions: false } });
  const id = await idOf(hub.createTransaction({ reference: 'held-back' }));
  const before = await show(id);
  await configure({ syncScope: { transactions: true } });

  await hub.admin.ask('mutation { runJob(name: "sync-transactions") { userErrors { message } } }');
  const after = await eventually(
    () => show(id),
    ({ links }) => links[0]?.state === 'SYNCED',
    20_000,
  );

  expect(Object.fromEntries(jobs.map(({ name, schedule }) => [name, schedule]))).toMatchObject({
    'sync-transactions': '0 * * * *',
    'sync-subscriptions': '0 */6 * * *',
    reconcile: '0 2 * * *',
    'retry-failed': '*/5 * * * *',
  });
  expect(before.syncEvents.nodes).toEqual([]);
  expect(after.syncEvents.nodes).toEqual([{ status: 'SUCCESS', retryCount: 0 }]);
});
