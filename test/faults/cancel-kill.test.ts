import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHubClient, type HubClient } from '../../demo/hub-client.js';
import { type HubProcess, spawnHub } from '../../demo/hub-process.js';
import { issueToken } from '../../src/access/token.js';
import { createOrder, idOf, mutate, orderInput } from '../features/order-client.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { eventually } from '../harness/eventually.js';
import { holdUp } from '../harness/hold-up.js';

const SECRET = 'a-test-secret-of-more-than-32-characters';
const ORDERS = 55;
const merchantId = 'merchant-1';
const root = mkdtempSync(join(tmpdir(), 'syncline-cancel-kill-'));
let db: TestDatabase;
let hub: HubProcess;
let admin: HubClient;

const start = async () => {
  hub = await spawnHub({
    DATABASE_URL: db.url,
    DATA_DIR: join(root, 'data'),
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

interface Run {
  state: string;
  lookedCount: number;
  syncEventId: string;
}
const show = async (id: string) =>
  (
    await admin.ask<{ run: Run }>('query ($id: ID!) { run: fullSync(id: $id) { state lookedCount syncEventId } }', {
      id,
    })
  ).run;

it('F6 H2 a cancelled run does not go on when its worker was killed', async () => {
  await Promise.all(Array.from({ length: ORDERS }, () => idOf(createOrder(admin, orderInput()))));
  const settings = { baseUrl: 'http://127.0.0.1:9', merchantId, circuitOpenMs: 100 };
  const integrationId = await idOf(
    mutate(admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{
        merchantId,
        name: 'Portal',
        connector: 'b2b-portal',
        mode: 'HYBRID',
        credentials: { apiKey: 'a' },
        settings,
      },
    }),
  );
  const [order] = (await db.pool.query('select id from orders order by id offset 52 limit 1')).rows;
  const release = await holdUp(db.url, `select 1 from orders where id = '${order.id}' for update`);
  const input = { integrationId, entityTypes: ['ORDER'] };
  const id = await idOf(mutate(admin, 'startFullSync', 'StartFullSyncInput', 'fullSync', input));
  const { syncEventId } = await eventually(
    () => show(id),
    ({ lookedCount }) => lookedCount === 50,
  );

  await admin.ask('mutation ($id: ID!) { cancelFullSync(id: $id) { userErrors { code } } }', { id });
  await hub.end('SIGKILL');
  await release();
  await start();

  const ended = await eventually(
    () =>
      admin.ask<{ syncEvent: { status: string } }>('query ($id: ID!) { syncEvent(id: $id) { status } }', {
        id: syncEventId,
      }),
    ({ syncEvent }) => syncEvent.status === 'SUCCESS' || syncEvent.status === 'SKIPPED',
    60_000,
  );
  expect(ended.syncEvent.status).toBe('SUCCESS');
  expect(await show(id)).toMatchObject({ state: 'CANCELLED', lookedCount: 50 });
});
