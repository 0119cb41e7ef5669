import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type BreakableProxy, startBreakableProxy } from '../harness/breakable-proxy.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, orderInput, settled } from './order-client.js';

let db: TestDatabase;
let proxy: BreakableProxy;
let hub: TestHub;
beforeAll(async () => {
  db = await createTestDatabase();
  proxy = await startBreakableProxy(db.url);
  hub = await startTestHub({ env: { DATABASE_URL: proxy.url } });
});
afterAll(async () => {
  proxy.mend();
  await hub.stop();
  await proxy.close();
  await db.drop();
});

it('B21 says that the database is away, and that the same request may be sent again', async () => {
  const input = orderInput({ idempotencyKey: 'while-away' });
  proxy.cut();

  const away = await createOrder(hub.admin, input);
  proxy.mend();
  const { id } = await eventually(
    () => createOrder(hub.admin, input),
    (outcome) => outcome.id !== null,
  );

  expect(away).toMatchObject({ id: null, userErrors: [{ code: 'DATABASE_UNAVAILABLE', retryable: true }] });
  expect((await createOrder(hub.admin, input)).id).toBe(id);
  await settled(hub.admin, 'order', id ?? '', 'SYNCED');
});
