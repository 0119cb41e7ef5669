import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sqlOn } from '../../src/db/database.js';
import { removeOldChanges } from '../../src/feed/remove-old-changes.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { EVERYTHING, orderChange, publish, startFeed, type TestFeed, take } from './harness.js';

let db: TestDatabase;
let feed: TestFeed;
beforeAll(async () => {
  db = await createTestDatabase();
  feed = await startFeed(db);
});
afterAll(async () => {
  await feed.stop();
  await db.drop();
});

it('B26 removes old changes by whole batches: a cursor before them is expired, one after them goes on', async () => {
  const live = await feed.subscribe(EVERYTHING, null, AbortSignal.timeout(60_000));
  const publishSome = async (versions: number[]) => {
    for (const version of versions) await publish(db, feed, orderChange('o1', version));
    return take(live, versions.length);
  };
  const old = await publishSome([1, 2, 3, 4, 5]);
  await db.pool.query(`update change_batches set sealed_at = now() - interval '91 days'`);
  const young = await publishSome([6, 7, 8]);

  const removed = await removeOldChanges(sqlOn(db.pool), 90);

  expect(removed).toBe(5);
  expect((await db.pool.query('select 1 from changes')).rowCount).toBe(3);
  const other = await startFeed(db);
  const resume = async (after: string | undefined) =>
    take(await other.subscribe(EVERYTHING, after ?? '', AbortSignal.timeout(60_000)), 3);
  await expect(resume(old[0]?.cursor)).rejects.toEqual(expect.objectContaining({ code: 'CURSOR_EXPIRED' }));
  await expect(resume(old[3]?.cursor)).rejects.toEqual(expect.objectContaining({ code: 'CURSOR_EXPIRED' }));
  expect(await resume(old[4]?.cursor)).toEqual(young);
  await other.stop();
});

it('never removes the newest batch, however old, and finds nothing twice', async () => {
  await db.pool.query(`update change_batches set sealed_at = now() - interval '91 days'`);
  await removeOldChanges(sqlOn(db.pool), 90);

  const again = await removeOldChanges(sqlOn(db.pool), 90);

  expect(again).toBe(0);
  expect((await db.pool.query('select 1 from change_batches')).rowCount).toBe(2);
  const live = await feed.subscribe(EVERYTHING, null, AbortSignal.timeout(60_000));
  await publish(db, feed, orderChange('o2', 1));
  expect(await take(live, 1)).toMatchObject([{ entityId: 'o2' }]);
});
