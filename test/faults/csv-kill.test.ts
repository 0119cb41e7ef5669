import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { idOf, mutate } from '../features/order-client.js';
import { eventually } from '../harness/eventually.js';
import { holdUp } from '../harness/hold-up.js';
import { type KillableHub, startKillableHub } from '../harness/killable-hub.js';

/** More than one page of a file. */
const ORDERS = 230;
const folder = (part: string) => join(hub.files, 'shop-k/files', part);
let hub: KillableHub;

beforeAll(async () => {
  hub = await startKillableHub();
});
afterAll(() => hub.stop());

interface ShownFile {
  id: string;
  status: string;
  rowsRead: number;
  problemCount: number;
}
const FILES = '{ importFiles { nodes { id status rowsRead problemCount } } }';
const files = async () => (await hub.admin.ask<{ importFiles: { nodes: ShownFile[] } }>(FILES)).importFiles.nodes;
const countOrders = async () => {
  const { rows } = await hub.db.pool.query<{ orders: number; numbers: number }>(
    'select count(*)::int as orders, count(distinct number)::int as numbers from orders',
  );
  return rows[0];
};

it('G6 takes a file once though the hub is killed in the middle of it', async () => {
  const integrationId = await idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{ merchantId: 'shop-k', name: 'Files', connector: 'csv', mode: 'POLLING', credentials: {} },
      settings: { settleMs: 0 },
    }),
  );
  const lines = Array.from({ length: ORDERS }, (_, n) => `K-${n},EUR,SKU-${n % 7},1,2.50`);
  mkdirSync(folder('in'), { recursive: true });
  writeFileSync(
    join(folder('in'), 'orders.csv'),
    ['order number,currency,sku,quantity,unit price', ...lines].join('\n'),
  );
  // However late the kill comes, the file is not at its end.
  const release = await holdUp(
    hub.db.url,
    `insert into orders (id, merchant_id, number, status, currency, subtotal, tax, shipping, discount, grand_total, placed_at)
     values ('ord_held', 'shop-k', 'K-${ORDERS - 20}', 'PENDING', 'EUR', 1, 0, 0, 0, 1, now())`,
  );
  await idOf(mutate(hub.admin, 'startSync', 'StartSyncInput', 'syncEvent', { integrationId, entityType: 'ORDER' }));
  await eventually(countOrders, (count) => (count?.orders ?? 0) > 0);

  await hub.kill();
  const atKill = await countOrders();
  await release();
  await hub.startAgain();

  const [file, ...others] = await eventually(files, ([one]) => one?.status === 'DONE', 60_000);
  expect(atKill?.orders).toBeLessThan(ORDERS);
  expect(others).toEqual([]);
  expect(file).toMatchObject({ rowsRead: ORDERS, problemCount: 0 });
  expect(await countOrders()).toEqual({ orders: ORDERS, numbers: ORDERS });
  const done = await eventually(
    async () => readdirSync(folder('done')).sort(),
    (names) => names.length === 2,
  );
  expect(done).toEqual([`${file?.id}-orders.csv`, `${file?.id}-orders.csv.report.csv`]);
  expect([readdirSync(folder('in')), readdirSync(folder('work'))]).toEqual([[], []]);
});
