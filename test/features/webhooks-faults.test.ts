import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Database, openDatabase } from '../../src/db/database.js';
import { type BreakableProxy, startBreakableProxy } from '../harness/breakable-proxy.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { addLink, addOrder } from '../inbox/fixtures.js';
import { type Answer, addPortal, orderEvent, PATH, post, startWebhookHub, type WebhookHub } from './webhook-hub.js';

let direct: TestDatabase;
let proxied: Database;
let proxy: BreakableProxy;
let hub: WebhookHub;
beforeAll(async () => {
  direct = await createTestDatabase();
  proxy = await startBreakableProxy(direct.url);
  proxied = await openDatabase(proxy.url, () => {});
  await addPortal(direct);
  hub = await startWebhookHub(proxied);
});
afterAll(async () => {
  proxy.mend();
  await hub.close();
  await proxied.close();
  await proxy.close();
  await direct.drop();
});

const one = async (text: string, values: unknown[] = []) => (await direct.pool.query(text, values)).rows[0];

async function linkedOrder(externalId: string): Promise<string> {
  const order = await addOrder(direct);
  await addLink(direct, order, externalId, 'ORDER', 'b2b-portal');
  return order;
}

it('answers 503 with Retry-After while the database is away, and goes on when it is back', async () => {
  await linkedOrder('away');
  const body = orderEvent({ id: 'away' });
  proxy.cut();
  const away = await post(hub, PATH, body);
  proxy.mend();

  const back = await post(hub, PATH, body);

  expect(away).toMatchObject({ status: 503, body: { success: false, code: 'DATABASE_UNAVAILABLE' } });
  expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(back.status).toBe(200);
});

it('never answers 2xx when the connection is lost in the middle of a batch; sent again, every event has one effect', async () => {
  const orders = await Promise.all(Array.from({ length: 20 }, (_, index) => linkedOrder(`mid-${index}`)));
  const bodies = orders.map((_, index) => orderEvent({ id: `mid-${index}` }));
  // The one that comes first holds the lock that the batch's statement waits for when the network fails.
  const holder = await direct.pool.connect();
  await holder.query('begin');
  await holder.query(`lock table webhook_events in exclusive mode`);
  const broken = Promise.all(bodies.map((body) => post(hub, PATH, body)));
  await untilBlocked();
  proxy.swallowAnswers();
  await holder.query('commit');
  holder.release();
  while ((await one(`select count(*)::int as n from webhook_events where external_id like 'mid-%'`)).n === 0)
    await sleep(5);
  proxy.cut();

  const lost: Answer[] = await broken;
  proxy.mend();
  const again = await Promise.all(bodies.map((body) => post(hub, PATH, body)));

  expect(new Set(lost.map(({ status }) => status))).toEqual(new Set([503]));
  expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]));
  expect((await one(`select count(*)::int as n from sync_events where external_id like 'mid-%'`)).n).toBe(20);
  expect(
    (await one(`select count(*)::int as n from orders where id = any ($1) and status = 'SHIPPED'`, [orders])).n,
  ).toBe(20);
});

async function untilBlocked(): Promise<void> {
  const waiting = `select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and query like '%incoming%' and datname = current_database()`;
  while ((await one(waiting)).n === 0) await sleep(5);
}

it('keeps nothing of a batch whose statement the server ends', async () => {
  await linkedOrder('ended');
  const holder = await direct.pool.connect();
  await holder.query('begin');
  await holder.query(`lock table webhook_events in exclusive mode`);
  const broken = post(hub, PATH, orderEvent({ id: 'ended' }));
  await untilBlocked();

  await direct.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  );
  await holder.query('commit');
  holder.release();

  expect((await broken).status).toBe(503);
  expect((await one(`select count(*)::int as n from webhook_events where external_id = 'ended'`)).n).toBe(0);
});
