import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { sqlOn } from '../../src/db/database.js';
import { removeOldChanges } from '../../src/feed/remove-old-changes.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { EVERYTHING, orderChange, publish, readAll, startFeed, type TestFeed, take } from './harness.js';

let db: TestDatabase;
let feed: TestFeed;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  feed = await startFeed(db, { recentChanges: 2 });
});
afterEach(() => feed.stop());

/** Publishes so many changes, each in a batch of its own, and answers them as they were delivered. */
async function publishSealed(count: number) {
  const changes = await feed.subscribe(EVERYTHING, null);
  const delivered = [];
  for (let version = 1; version <= count; version += 1) {
    await publish(db, feed, orderChange('o1', version));
    delivered.push(...(await take(changes, 1)));
  }
  await changes.return();
  return delivered;
}

/** As if everything up to this position had been sealed long ago. */
async function age(position: number): Promise<void> {
  await db.pool.query(`update change_batches set sealed_at = now() - interval '8 days' where position <= $1`, [
    position,
  ]);
}

it('removes whole batches that are old, and keeps the positions of the others', async () => {
  const delivered = await publishSealed(10);
  const before = await readAll(sqlOn(db.pool));
  await age(delivered[5]?.position ?? 0);

  const removed = await removeOldChanges(sqlOn(db.pool), 7);

  const kept = before.filter((row) => row.position > (delivered[5]?.position ?? 0));
  expect(await readAll(sqlOn(db.pool))).toEqual(kept);
  expect(removed).toBe(before.length - kept.length);
  expect((await db.pool.query('select from changes')).rowCount).toBe(kept.length);
  const rest = await take(await feed.subscribe(EVERYTHING, delivered[5]?.cursor ?? ''), 4);
  expect(rest).toEqual(delivered.slice(6));
});

it('answers a cursor that is older than what is kept with CURSOR_EXPIRED and what to do', async () => {
  const delivered = await publishSealed(10);
  await age(delivered[5]?.position ?? 0);
  await removeOldChanges(sqlOn(db.pool), 7);

  const expired = feed.subscribe(EVERYTHING, delivered[4]?.cursor ?? '');

  await expect(expired).rejects.toMatchObject({
    code: 'CURSOR_EXPIRED',
    message: expect.stringContaining('subscribe anew without `after`'),
  });
});

it('ends with CURSOR_EXPIRED when what it still has to read is removed meanwhile', async () => {
  const [first] = await publishSealed(1);
  for (const _ of [1, 2, 3]) {
    await publish(db, feed, ...Array.from({ length: 1_000 }, (_, index) => orderChange('o2', index)));
    await publishSealed(1);
  }
  const changes = await feed.subscribe(EVERYTHING, first?.cursor ?? '');
  await take(changes, 1);
  await age((first?.position ?? 0) + 3_000);
  await removeOldChanges(sqlOn(db.pool), 7);

  const reading = take(changes, 3_000);

  await expect(reading).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
});

it('keeps a transaction that was open when the batches around it were sealed', async () => {
  const open = await db.pool.connect();
  await open.query('begin');
  await open.query(
    `insert into changes (kind, merchant_id, entity_type, entity_id) values ('order.created', 'm1', 'ORDER', 'late')`,
  );
  const delivered = await publishSealed(3);
  await age(delivered[2]?.position ?? 0);

  await removeOldChanges(sqlOn(db.pool), 7);
  const changes = await feed.subscribe(EVERYTHING, delivered[2]?.cursor ?? '');
  await open.query('commit');
  open.release();
  feed.wake();

  expect(await take(changes, 1)).toMatchObject([{ entityId: 'late', position: (delivered[2]?.position ?? 0) + 1 }]);
});
