import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
const root = mkdtempSync(join(tmpdir(), 'syncline-cancelled-'));

const update = (id: string, more: object) =>
  idOf(mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', { id, ...more }));

beforeAll(async () => {
  warehouse = await spawnSimulator('extensiv', { apiKey: 'client', apiSecret: 'client-secret' });
  hub = await startFlashErpHub({
    EXTENSIV_BASE_URL: warehouse.url,
    EXTENSIV_CLIENT_ID: 'client',
    EXTENSIV_CLIENT_SECRET: 'client-secret',
    CSV_ROOT: root,
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
  await update('flasherp', { enabled: true, sendMissed: false });
});
afterAll(async () => {
  await hub.stop();
  await warehouse.stop();
  rmSync(root, { recursive: true });
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
  await update('extensiv', { settings: { pageSize: 1, ratePerSecond: 0.5 } });
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

interface TakenFile {
  name: string;
  status: string;
  errorCode: string | null;
  syncEventId: string | null;
}
const fileOf = async (name: string) =>
  (
    await hub.admin.ask<{ importFiles: { nodes: TakenFile[] } }>(
      '{ importFiles(first: 20) { nodes { name status errorCode syncEventId } } }',
    )
  ).importFiles.nodes.find((file) => file.name === name);

async function handOver(integrationId: string, name: string, rows: readonly string[]) {
  const response = await fetch(`${hub.url}/api/integrations/${integrationId}/files?name=${name}`, {
    ...{ method: 'POST', body: rows.join('\n') },
    headers: { authorization: await hub.bearer({}), 'content-type': 'text/csv' },
  });
  expect(await response.json()).toMatchObject({ success: true });
}
const untilFile = async (name: string, isWanted: (file: TakenFile) => boolean) =>
  (await eventually(
    () => fileOf(name),
    (file) => file !== undefined && isWanted(file),
  )) as TakenFile;
const hasEnded = ({ status }: TakenFile) => status === 'DONE' || status === 'FAILED';

/** Cancels the file's pull while a row is locked that it comes to after this `count`; answers how both ended. */
async function cancelFile(name: string, lock: string, count: string, rows: number, hand: () => Promise<void>) {
  const release = await holdUp(hub.db.url, lock);
  await hand();
  const { syncEventId } = await untilFile(name, (file) => file.syncEventId !== null);
  const { rows: pulls } = await eventually(
    () =>
      hub.db.pool.query<{ id: string }>(`select id from pulls where sync_event_id = $1 and ${count} = $2`, [
        syncEventId,
        rows,
      ]),
    ({ rowCount }) => rowCount === 1,
  );
  const { run } = await cancel('Pull', pulls[0]?.id ?? '');
  await release();
  const file = await untilFile(name, hasEnded);
  return { run, file, status: await ended(syncEventId ?? '') };
}

const openFiles = () =>
  idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId: MERCHANT, name: 'Files', connector: 'csv', mode: 'POLLING', credentials: {} },
      settings: { settleMs: 0, defaultCurrency: 'TRY' },
    }),
  );

it('G6 a file of orders that is cancelled leaves whole orders and no other; handed over again it is taken to its end', async () => {
  const files = await openFiles();
  const header = 'order number,status,currency,order date,sku,quantity,unit price';
  const linesOf = (n: number) =>
    ['A', 'B'].map((sku) => `O-${String(n).padStart(3, '0')},PENDING,TRY,2026-03-01,${sku},2,10.25`);
  const rows = [header, ...Array.from({ length: 250 }, (_, n) => linesOf(n)).flat()];
  await handOver(files, 'one.csv', [header, ...linesOf(150).map((line) => line.replace('10.25', '9.75'))]);
  await untilFile('one.csv', hasEnded);

  const { run, file, status } = await cancelFile(
    'orders.csv',
    `select 1 from orders where number = 'O-150' for update`,
    ...(['rows_read', 100] as const),
    () => handOver(files, 'orders.csv', rows),
  );
  const WRITTEN = `select o.number from orders o join order_lines l on l.order_id = o.id where o.number like 'O-%'
    group by o.id having count(*) = 2 and sum(l.total) = o.subtotal order by 1`;
  const written = await hub.db.pool.query(WRITTEN);
  const all = await hub.db.pool.query(`select 1 from orders where number like 'O-%'`);
  await handOver(files, 'again.csv', rows);
  const again = await untilFile('again.csv', hasEnded);

  expect(run).toMatchObject(CANCELLED);
  expect(file).toMatchObject({ status: 'FAILED', errorCode: 'CANCELLED' });
  expect(status).toBe('SUCCESS');
  expect(written.rows).toHaveLength(all.rowCount ?? 0);
  expect(written.rows.at(-1)).toEqual({ number: 'O-199' });
  expect(again).toMatchObject({ status: 'DONE', errorCode: null });
  expect((await hub.db.pool.query(WRITTEN)).rows).toHaveLength(250);
});

it('G6 a file of products that is cancelled while it is written leaves whole products, and no more than it had come to', async () => {
  const files = await openFiles();
  const header = 'sku,name,price,currency,stock';
  const row = (n: number) => `S-${String(n).padStart(5, '0')},Product ${n},${n}.50,TRY,${n}`;
  const rows = [header, ...Array.from({ length: 11_000 }, (_, n) => row(n))];
  await handOver(files, 'first.csv', [header, 'S-07500,Product,1.00,TRY,1']);
  await untilFile('first.csv', hasEnded);

  const { run, file } = await cancelFile(
    'products.csv',
    `select 1 from products where sku = 'S-07500' for update`,
    ...(['rows_changed', 5_000] as const),
    () => handOver(files, 'products.csv', rows),
  );
  const WRITTEN = `select sku from products where sku like 'S-%' and price = substr(sku, 3)::int + 0.5
    and name = 'Product ' || substr(sku, 3)::int order by 1`;
  const written = await hub.db.pool.query(WRITTEN);
  const all = await hub.db.pool.query(`select 1 from products where sku like 'S-%'`);
  await handOver(files, 'all.csv', rows);
  const again = await untilFile('all.csv', hasEnded);

  expect(run).toMatchObject(CANCELLED);
  expect(file).toMatchObject({ status: 'FAILED', errorCode: 'CANCELLED' });
  expect(written.rows).toHaveLength(10_000);
  expect(all.rowCount).toBe(10_000);
  expect(again).toMatchObject({ status: 'DONE' });
  expect((await hub.db.pool.query(WRITTEN)).rows).toHaveLength(11_000);
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
