import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHubClient, type HubClient } from '../../demo/hub-client.js';
import { type HubProcess, spawnHub } from '../../demo/hub-process.js';
import { issueToken } from '../../src/access/token.js';
import { idOf, mutate } from '../features/order-client.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { eventually } from '../harness/eventually.js';

const SECRET = 'a-test-secret-of-more-than-32-characters';
const ORDERS = 450;
const root = mkdtempSync(join(tmpdir(), 'syncline-csv-kill-'));
const folder = (part: string) => join(root, 'files/shop-k/files', part);
let db: TestDatabase;
let hub: HubProcess;
let admin: HubClient;

const start = async () => {
  hub = await spawnHub({
    DATABASE_URL: db.url,
    DATA_DIR: join(root, 'data'),
    CSV_ROOT: join(root, 'files'),
    JWT_SECRET: SECRET,
    ENCRYPTION_KEY: SECRET,
    SIMULATORS: 'off',
  });
  const token = await issueToken({ secret: SECRET }, { sub: 'tester', role: 'admin' }, 3600);
  admin = createHubClient(hub.url, `Bearer ${token}`);
};

beforeAll(async () => {
  db = await createTestDatabase();
  await start();
});
afterAll(async () => {
  await hub.end('SIGTERM');
  await db.drop();
  rmSync(root, { recursive: true, force: true });
});

interface ShownFile {
  id: string;
  status: string;
  rowsRead: number;
  problemCount: number;
}
const FILES = '{ importFiles { nodes { id status rowsRead problemCount } } }';
const files = async () => (await admin.ask<{ importFiles: { nodes: ShownFile[] } }>(FILES)).importFiles.nodes;
const countOrders = async () => {
  const { rows } = await db.pool.query<{ orders: number; numbers: number }>(
    'select count(*)::int as orders, count(distinct number)::int as numbers from orders',
  );
  return rows[0];
};

it('G6 takes a file once though the hub is killed in the middle of it', async () => {
  const integrationId = await idOf(
    mutate(admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
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
  await idOf(mutate(admin, 'startSync', 'StartSyncInput', 'syncEvent', { integrationId, entityType: 'ORDER' }));
  await eventually(countOrders, (count) => (count?.orders ?? 0) > 0);

  await hub.end('SIGKILL');
  const atKill = await countOrders();
  await start();

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
