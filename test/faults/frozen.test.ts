import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createOrder, idOf, moveOrder, orderInput } from '../features/order-client.js';
import { eventually } from '../harness/eventually.js';
import { holdUp } from '../harness/hold-up.js';
import { type KillableHub, startKillableHub } from '../harness/killable-hub.js';

/** The hub's own limits, shortened. */
const LIMITS = '-c idle_in_transaction_session_timeout=1s -c lock_timeout=3s';
let hub: KillableHub;

beforeAll(async () => {
  hub = await startKillableHub(LIMITS);
});
afterAll(() => hub.stop());

const lockOf = (id: string) => `select from orders where id = '${id}' for update`;
const statusOf = async (id: string) =>
  (await hub.db.pool.query<{ status: string }>('select status from orders where id = $1', [id])).rows[0]?.status;
const waiting = async () =>
  (
    await hub.db.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%for update'`,
    )
  ).rowCount;

it('H2 an instance that is frozen within a transaction holds nothing for long, and does nothing by halves when it goes on', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const release = await holdUp(hub.db.url, lockOf(id));
  const moving = moveOrder(hub.admin, { id, status: 'CONFIRMED' });
  await eventually(waiting, (count) => count === 1);
  const goOn = hub.freeze();
  await release();

  await hub.db.transaction(({ sql }) => sql(lockOf(id)));
  const meanwhile = await statusOf(id);
  goOn();
  const outcome = await moving;

  expect(outcome.userErrors).toMatchObject([{ code: 'DATABASE_UNAVAILABLE', retryable: true }]);
  expect([meanwhile, await statusOf(id)]).toEqual(['PENDING', 'PENDING']);
  expect((await moveOrder(hub.admin, { id, status: 'CONFIRMED' })).userErrors).toEqual([]);
});

it('B21 says to come again when other work holds an order for too long', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const release = await holdUp(hub.db.url, lockOf(id));

  const outcome = await moveOrder(hub.admin, { id, status: 'CONFIRMED' });
  await release();

  expect(outcome.userErrors).toMatchObject([{ code: 'DATABASE_UNAVAILABLE', retryable: true }]);
  expect(outcome.userErrors[0]?.message).toContain('Other work');
  expect(await statusOf(id)).toBe('PENDING');
});
