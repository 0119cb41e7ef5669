import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createOutbox } from '../../src/outbox/outbox.js';
import { removeFinished } from '../../src/outbox/remove-finished.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { addIntegration, effect, enqueue, readStatuses } from './harness.js';

let db: TestDatabase;
const outbox = createOutbox({ wake: () => {}, changed: () => {} });

beforeAll(async () => {
  db = await createTestDatabase();
  await addIntegration(db, 'portal');
});
afterAll(() => db.drop());

it('B26 removes what ended more than 90 days ago, with its attempts, and nothing that a lane still needs', async () => {
  const names = ['ord_done', 'ord_dead', 'ord_waiting', 'ord_recent', 'ord_many'];
  const ids = await enqueue(
    db,
    outbox,
    names.map((name) => effect('portal', name)),
  );
  const [done, dead, , recent] = ids;
  const many = await enqueue(
    db,
    outbox,
    Array.from({ length: 2500 }, () => effect('portal', 'ord_many')),
  );
  await db.pool.query(
    `insert into sync_attempts (sync_event_id, number, merchant_id, token, owner, started_at, outcome)
     select id, 1, 'm1', 1, 1, now(), 'DELIVERED' from sync_events`,
  );
  await db.pool.query(`update sync_events set created_at = now() - interval '91 days'`);
  const end = (which: (string | undefined)[], status: string, days: number) =>
    db.pool.query(
      "update sync_events set status = $2, processed_at = now() - $3 * interval '1 day' where id = any($1)",
      [which, status, days],
    );
  await end([done, ids[4], ...many], 'SUCCESS', 91);
  await end([dead], 'FAILED', 91);
  await end([recent], 'SUCCESS', 89);
  await db.pool.query(
    `update lanes l set head = tail from links k where k.id = l.id and k.entity_id in ('ord_done', 'ord_recent', 'ord_many')`,
  );
  await db.pool.query(
    `update lanes l set parked = true, due = null from links k where k.id = l.id and k.entity_id = 'ord_dead'`,
  );

  const removed = await removeFinished(db, 90);

  expect(removed).toBe(2502);
  expect(await readStatuses(db, ids)).toEqual(['FAILED', 'PENDING', 'SUCCESS']);
  expect((await db.pool.query('select from sync_attempts')).rowCount).toBe(3);
  expect(await removeFinished(db, 90)).toBe(0);
});

it('lets a lane go on after what it had sent was removed', async () => {
  const [next = ''] = await enqueue(db, outbox, [effect('portal', 'ord_done')]);

  const { rows } = await db.pool.query(
    'select e.seq, l.head, l.tail, l.due is not null as waits from sync_events e join lanes l on l.id = e.lane_id where e.id = $1',
    [next],
  );

  expect(rows).toEqual([{ seq: '2', head: '1', tail: '2', waits: true }]);
});
