import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { HubClient } from '../../demo/hub-client.js';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { holdUp } from '../harness/hold-up.js';
import { MERCHANT } from '../harness/hub.js';
import { type FlashErpHub, startFlashErpHub } from './flasherp-hub.js';
import { idOf, mutate } from './order-client.js';

let hub: FlashErpHub;
let warehouse: SpawnedSimulator;

const update = (id: string, more: object) =>
  idOf(mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', { id, ...more }));

beforeAll(async () => {
  warehouse = await spawnSimulator('extensiv', { apiKey: 'client', apiSecret: 'client-secret' });
  hub = await startFlashErpHub({
    EXTENSIV_BASE_URL: warehouse.url,
    EXTENSIV_CLIENT_ID: 'client',
    EXTENSIV_CLIENT_SECRET: 'client-secret',
  });
  await update('flasherp', { enabled: false, settings: { ratePerSecond: null } });
  await Promise.all(
    Array.from({ length: 105 }, (_, n) =>
      idOf(
        hub.createTransaction({
          reference: `c-${n}`,
          ...(n === 0 && { customer: { reference: 'cu-1', name: 'Ayşe' } }),
        }),
      ),
    ),
  );
  await update('flasherp', { enabled: true });
});
afterAll(async () => {
  await hub.stop();
  await warehouse.stop();
});

interface Run {
  id: string;
  state: string;
  errorMessage: string | null;
  finishedAt: string | null;
  syncEventId: string;
  [count: string]: unknown;
}
interface Answer {
  run: Run | null;
  userErrors: { code: string; message: string; path: string[] | null }[];
}

const RUN = 'id state errorMessage finishedAt syncEventId';
const COUNTS = {
  FullSync: 'lookedCount sentCount totalCount',
  Reconciliation: 'recordsRead differenceCount',
  Pull: 'rowsRead rowsChanged',
};
type Kind = keyof typeof COUNTS;

const start = (mutation: string, kind: Kind, input: object) =>
  idOf(mutate(hub.admin, mutation, kind === 'FullSync' ? 'StartFullSyncInput' : 'ReconcileInput', nounOf(kind), input));
const nounOf = (kind: Kind) => kind.charAt(0).toLowerCase() + kind.slice(1);

async function cancel(kind: Kind, id: string, client: HubClient = hub.admin): Promise<Answer> {
  const { answer } = await client.ask<{ answer: Answer }>(
    `mutation ($id: ID!) { answer: cancel${kind}(id: $id) { run: ${nounOf(kind)} { ${RUN} } userErrors { code message path } } }`,
    { id },
  );
  return answer;
}

async function show(kind: Kind, id: string): Promise<Run> {
  const { node } = await hub.admin.ask<{ node: Run }>(
    `query ($id: ID!) { node(id: $id) { ... on ${kind} { ${RUN} ${COUNTS[kind]} } } }`,
    { id },
  );
  return node;
}
const until = (kind: Kind, id: string, isWanted: (run: Run) => boolean) => eventually(() => show(kind, id), isWanted);
const isRunning = ({ state }: Run) => state === 'RUNNING';

const eventStatus = async (id: string) =>
  (await hub.admin.ask<{ syncEvent: { status: string } }>('query ($id: ID!) { syncEvent(id: $id) { status } }', { id }))
    .syncEvent.status;
const ended = (id: string) =>
  eventually(
    () => eventStatus(id),
    (status) => status === 'SUCCESS' || status === 'SKIPPED' || status === 'FAILED',
  );

const CANCELLED = { state: 'CANCELLED', errorMessage: 'Cancelled by tester.', finishedAt: expect.any(String) };

it('F6 a full sync that is cancelled ends after its batch and keeps what it did; one that waits behind it is not begun', async () => {
  const [transaction] = (await hub.db.pool.query('select id from transactions order by id offset 60 limit 1')).rows;
  const release = await holdUp(hub.db.url, `select 1 from transactions where id = '${transaction.id}' for update`);
  const input = { integrationId: 'flasherp', entityTypes: ['TRANSACTION'] };
  const id = await start('startFullSync', 'FullSync', input);
  const { syncEventId } = await until('FullSync', id, ({ lookedCount }) => lookedCount === 50);
  const waiting = await start('startFullSync', 'FullSync', input);

  const [first, second] = [await cancel('FullSync', id), await cancel('FullSync', waiting)];
  const before = await show('FullSync', id);
  await release();

  await ended(syncEventId);
  const again = await cancel('FullSync', id);
  const { auditLog } = await hub.admin.ask<{ auditLog: { nodes: object[] } }>(
    `{ auditLog(filter: { action: "full_sync.cancel", outcomes: ["OK"] }) { nodes { actor at details } } }`,
  );
  expect(first).toMatchObject({ run: CANCELLED, userErrors: [] });
  expect(before).toMatchObject({ lookedCount: 50, finishedAt: first.run?.finishedAt });
  expect(await show('FullSync', id)).toMatchObject({ ...CANCELLED, lookedCount: 100, sentCount: 100, totalCount: 105 });
  expect(second).toMatchObject({ run: CANCELLED, userErrors: [] });
  await ended(second.run?.syncEventId ?? '');
  expect(await show('FullSync', waiting)).toMatchObject({ ...CANCELLED, lookedCount: 0 });
  expect(again).toEqual({
    run: null,
    userErrors: [{ code: 'INVALID_STATE', message: `The full sync ${id} has ended: it is CANCELLED.`, path: ['id'] }],
  });
  expect(auditLog.nodes).toMatchObject(
    [waiting, id].map((fullSyncId) => ({ actor: 'tester', details: { fullSyncId } })),
  );
});

it('F7 a reconciliation that is cancelled keeps the differences that it found and compares nothing more', async () => {
  await hub.callErp('POST', '/customers', { hub_id: 'cus_unknown', name: 'Nobody', email: null });
  const release = await holdUp(hub.db.url, 'lock table billing_subscriptions in access exclusive mode');
  const entityTypes = ['CUSTOMER', 'BILLING_SUBSCRIPTION', 'INVOICE'];
  const id = await start('reconcile', 'Reconciliation', { integrationId: 'flasherp', entityTypes });
  const { syncEventId } = await until('Reconciliation', id, ({ differenceCount }) => Number(differenceCount) > 0);

  const { run } = await cancel('Reconciliation', id);
  await release();

  const status = await ended(syncEventId);
  const after = await show('Reconciliation', id);
  const asked = (await hub.erp.control.requests()).filter(({ method }) => method === 'GET').map(({ url }) => url);
  expect(run).toMatchObject(CANCELLED);
  expect(status).toBe('SUCCESS');
  expect(after).toMatchObject({ ...CANCELLED, finishedAt: run?.finishedAt });
  expect(after['differenceCount']).toBeGreaterThan(0);
  expect(asked.filter((url) => url.startsWith('/customers?'))).not.toEqual([]);
  expect(asked.filter((url) => url.startsWith('/invoices?'))).toEqual([]);
});

it('F7 a reconciliation that failed and would be repeated is not, once it is cancelled; one that failed for good has ended', async () => {
  await update('flasherp', { settings: { backoffBaseMs: 60_000, circuitOpenMs: 500 } });
  await hub.erp.control.addFault({ kind: 'status', status: 503, method: 'GET', path: '/customers', count: null });
  const input = { integrationId: 'flasherp', entityTypes: ['CUSTOMER'] };
  const id = await start('reconcile', 'Reconciliation', input);
  const { syncEventId } = await until('Reconciliation', id, ({ state }) => state === 'FAILED');
  await eventually(
    () => eventStatus(syncEventId),
    (status) => status === 'RETRYING',
  );

  const { run } = await cancel('Reconciliation', id);
  const status = await ended(syncEventId);
  await hub.erp.control.clearFaults();
  await hub.erp.control.addFault({ kind: 'status', status: 403, method: 'GET', path: '/customers', count: 1 });
  await hub.admin.ask('mutation { testConnection(integrationId: "flasherp") { ok } }');
  const other = await start('reconcile', 'Reconciliation', input);
  await ended((await show('Reconciliation', other)).syncEventId);
  const refused = await cancel('Reconciliation', other);

  expect(run).toMatchObject(CANCELLED);
  expect(status).toBe('SKIPPED');
  expect(refused).toMatchObject({ run: null, userErrors: [{ code: 'INVALID_STATE' }] });
  expect(await show('Reconciliation', other)).toMatchObject({ state: 'FAILED' });
});

it('C16 a pull that is cancelled ends after its page and writes nothing; the next one reads everything', async () => {
  await update('extensiv', { settings: { pageSize: 1, ratePerSecond: 2 } });
  const pull = () =>
    idOf(mutate(hub.admin, 'syncInventory', 'SyncIntegrationInput', 'syncEvent', { integrationId: 'extensiv' }));
  const pullsOf = async (syncEventId: string) =>
    (
      await hub.admin.ask<{ syncEvent: { pulls: Run[] } }>(
        `query ($id: ID!) { syncEvent(id: $id) { pulls { ${RUN} rowsRead since } } }`,
        { id: syncEventId },
      )
    ).syncEvent.pulls;
  const eventId = await pull();
  const [running] = await eventually(
    () => pullsOf(eventId),
    ([one]) => one !== undefined && isRunning(one) && Number(one['rowsRead']) > 0,
  );

  const { run } = await cancel('Pull', running?.id ?? '');
  const status = await ended(eventId);

  const levels = await hub.db.pool.query('select 1 from inventory_levels');
  await update('extensiv', { settings: { pageSize: 100, ratePerSecond: null } });
  const next = await pull();
  await ended(next);
  const [after, ...others] = await pullsOf(eventId);
  expect(run).toMatchObject(CANCELLED);
  expect(status).toBe('SUCCESS');
  expect(others).toEqual([]);
  expect(after).toMatchObject(CANCELLED);
  expect(after?.['rowsRead']).toBeLessThan(6);
  expect(levels.rowCount).toBe(0);
  expect(await pullsOf(next)).toMatchObject([{ state: 'COMPLETE', since: null, rowsRead: 6 }]);
});

it('B30 cancelling is for operators, and for runs of their own merchant', async () => {
  const { pulls } = await hub.admin.ask<{ pulls: { nodes: Run[] } }>('{ pulls { nodes { id } } }');
  const id = pulls.nodes[0]?.id ?? '';

  const viewer = await cancel('Pull', id, await hub.as({ role: 'viewer', merchantId: MERCHANT }));
  const stranger = await cancel('Pull', id, await hub.as({ role: 'operator', merchantId: 'merchant-2' }));
  const own = await cancel('Pull', id, await hub.as({ role: 'operator', merchantId: MERCHANT }));

  expect(viewer.userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  expect(stranger.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  expect(own.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
});
