import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type BreakableProxy, startBreakableProxy } from '../harness/breakable-proxy.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { eventually } from '../harness/eventually.js';
import { PORTAL_SECRET, startTestHub, type TestHub } from '../harness/hub.js';
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

it('B21 tells a sender of a product to come again while the database is away', async () => {
  const send = (data: object) => {
    const body = JSON.stringify({ eventType: 'product.updated', data });
    const signature = createHmac('sha256', PORTAL_SECRET).update(body).digest('hex');
    const headers = {
      'content-type': 'application/json',
      'x-webhook-signature': `sha256=${signature}`,
      'x-webhook-timestamp': new Date().toISOString(),
    };
    return fetch(`${hub.url}/webhooks/b2b-portal`, { method: 'POST', headers, body }).then(({ status }) => status);
  };
  await eventually(
    () => send({ sku: 'AWAY-1' }),
    (status) => status === 200,
  );
  proxy.cut();

  const away = await send({ sku: 'AWAY-2' });
  proxy.mend();

  expect(away).toBe(503);
  await eventually(
    () => send({ sku: 'AWAY-2' }),
    (status) => status === 200,
  );
});

it('G11 is not ready while its database takes no writes', async () => {
  const { rows } = await db.pool.query<{ name: string }>('select current_database() as name');
  const name = rows[0]?.name;
  const status = async () => (await fetch(`${hub.url}/readyz`)).status;
  const setTo = async (mode: 'on' | 'off', wanted: number) => {
    await db.pool.query(`begin read write; alter database ${name} set default_transaction_read_only = ${mode}; commit`);
    // It holds for new connections.
    proxy.cut();
    proxy.mend();
    await eventually(status, (found) => found === wanted);
    return fetch(`${hub.url}/health`);
  };

  const readOnly = await setTo('on', 503);
  const away = await createOrder(hub.admin, orderInput());
  const writable = await setTo('off', 200);

  expect(readOnly.status).toBe(503);
  expect(away.userErrors).toMatchObject([{ code: 'DATABASE_UNAVAILABLE' }]);
  expect(writable.status).toBe(200);
});
