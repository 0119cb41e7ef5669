import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { addLink, addOrder } from '../inbox/fixtures.js';
import { addPortal, orderEvent, PATH, post, startWebhookHub, type WebhookHub } from './webhook-hub.js';

let db: TestDatabase;
let hubs: WebhookHub[];
beforeAll(async () => {
  db = await createTestDatabase();
  await addPortal(db);
  hubs = [await startWebhookHub(db), await startWebhookHub(db)];
});
afterAll(async () => {
  await Promise.all(hubs.map((hub) => hub.close()));
  await db.drop();
});

const STATUSES = ['PENDING', 'CONFIRMED', 'PROCESSING', 'SHIPPED', 'DELIVERED', 'ON_HOLD', 'CANCELLED', 'RETURNED'];
const at = (second: number) => new Date(Date.UTC(2026, 1, 15, 10, 0, second)).toISOString();

const one = async (text: string, values: unknown[] = []) => (await db.pool.query(text, values)).rows[0];

async function linkedOrder(externalId: string): Promise<string> {
  const order = await addOrder(db);
  await addLink(db, order, externalId, 'ORDER', 'b2b-portal');
  return order;
}

const hub = (index: number) => hubs[index % hubs.length] as WebhookHub;

function shuffled<T>(list: T[], seed: number): T[] {
  return [...list]
    .map((value, index) => ({ value, key: Math.imul(index + 1, seed) % 1009 }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

it('brings 10 orders to their newest state through two hubs, out of order and with duplicates', async () => {
  const orders = await Promise.all(Array.from({ length: 10 }, (_, index) => linkedOrder(`many-${index}`)));
  const bodies = orders.flatMap((_, order) =>
    Array.from({ length: 20 }, (_, step) =>
      orderEvent({ id: `many-${order}`, status: STATUSES[(order + step) % STATUSES.length] }, { timestamp: at(step) }),
    ),
  );
  const sent = shuffled([...bodies, ...bodies.slice(0, 60)], 7919);

  const answers = await Promise.all(sent.map((body, index) => post(hub(index), PATH, body)));

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const { rows } = await db.pool.query('select id, status from orders where id = any ($1)', [orders]);
  const newest = Object.fromEntries(orders.map((id, order) => [id, STATUSES[(order + 19) % STATUSES.length]]));
  expect(Object.fromEntries(rows.map(({ id, status }) => [id, status]))).toEqual(newest);
  expect((await one('select count(*)::int as n from webhook_events where entity_id = any ($1)', [orders])).n).toBe(200);
  expect((await one('select count(*)::int as n from sync_events where entity_id = any ($1)', [orders])).n).toBe(200);
});

it('writes status changes that follow from one another, each order’s in the order of its states', async () => {
  const order = await linkedOrder('chain');
  const bodies = Array.from({ length: 60 }, (_, step) =>
    orderEvent({ id: 'chain', status: STATUSES[step % STATUSES.length] }, { timestamp: at(step) }),
  );

  await Promise.all(shuffled(bodies, 104729).map((body, index) => post(hub(index), PATH, body)));

  const { rows } = await db.pool.query(
    `select data from changes where entity_id = $1 and kind = 'order.status_changed' order by id`,
    [order],
  );
  const steps = rows.map(
    ({ data }) => JSON.parse(data) as { previousStatus: string; newStatus: string; occurredAt: string },
  );
  expect(steps.length).toBeGreaterThan(0);
  expect(steps.map(({ previousStatus }) => previousStatus)).toEqual([
    'PENDING',
    ...steps.slice(0, -1).map(({ newStatus }) => newStatus),
  ]);
  const times = steps.map(({ occurredAt }) => Date.parse(occurredAt));
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(steps.at(-1)?.newStatus).toBe(STATUSES[59 % STATUSES.length]);
});

it('answers the same event, sent 50 times at once to two hubs, 50 times alike with one effect', async () => {
  const order = await linkedOrder('same');
  const body = orderEvent({ id: 'same' });

  const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => post(hub(index), PATH, body)));

  expect(new Set(answers.map((answer) => JSON.stringify([answer.status, answer.body]))).size).toBe(1);
  expect(
    (
      await one(`select count(*)::int as n from changes where entity_id = $1 and kind = 'order.status_changed'`, [
        order,
      ])
    ).n,
  ).toBe(1);
});
