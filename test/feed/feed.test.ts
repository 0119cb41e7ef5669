import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { sqlOn } from '../../src/db/database.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { EVERYTHING, insertRowOf, orderChange, publish, startFeed, type TestFeed, take } from './harness.js';

let db: TestDatabase;
let feed: TestFeed;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  feed = await startFeed(db);
});
afterEach(() => feed.stop());

it('delivers what is committed after the subscription began, and nothing of before', async () => {
  await publish(db, feed, orderChange('before', 1));
  const changes = await feed.subscribe(EVERYTHING, null);

  await publish(db, feed, orderChange('after', 1), orderChange('after', 2));
  const taken = await take(changes, 2);

  expect(taken.map(({ entityId, data }) => [entityId, data['version']])).toEqual([
    ['after', 1],
    ['after', 2],
  ]);
  expect(taken[0]).toMatchObject({ kind: 'order.status_changed', merchantId: 'm1', entityType: 'ORDER' });
  expect(taken[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

it('publishes nothing of a transaction that is rolled back, whole or to a savepoint', async () => {
  const changes = await feed.subscribe(EVERYTHING, null);
  await db
    .transaction(async (tx) => {
      await feed.publish(tx, [orderChange('rolled-back', 1)]);
      throw new Error('stop');
    })
    .catch(() => {});

  await db.transaction(async (tx) => {
    await feed.publish(tx, [orderChange('kept', 1)]);
    await tx.sql('savepoint s');
    await feed.publish(tx, [orderChange('to-savepoint', 1)]);
    await tx.sql('rollback to savepoint s');
    await tx.sql('savepoint t');
    await feed.publish(tx, [orderChange('kept', 2)]);
    await tx.sql('release savepoint t');
  });
  await publish(db, feed, orderChange('kept', 3));

  const taken = await take(changes, 3);
  expect(taken.map(({ entityId, data }) => [entityId, data['version']])).toEqual([
    ['kept', 1],
    ['kept', 2],
    ['kept', 3],
  ]);
  expect(taken.map((change) => change.position - (taken[0]?.position ?? 0))).toEqual([0, 1, 2]);
});

it('never skips a transaction that commits after later ones were delivered, and waits for none', async () => {
  const late = new pg.Client(db.url);
  await late.connect();
  const changes = await feed.subscribe(EVERYTHING, null);
  await late.query('begin');
  await late.query(
    `insert into changes (kind, merchant_id, entity_type, entity_id) values ('order.created', 'm1', 'ORDER', 'late')`,
  );

  await publish(db, feed, orderChange('early', 1));
  await publish(db, feed, orderChange('early', 2));
  const before = await take(changes, 2);
  await late.query('commit');
  await late.end();
  feed.wake();
  const after = await take(changes, 1);

  expect(before.map((change) => change.entityId)).toEqual(['early', 'early']);
  expect(after.map((change) => change.entityId)).toEqual(['late']);
  expect(after[0]?.position).toBe((before[1]?.position ?? 0) + 1);
});

it('finds what was inserted by a process that told nobody', async () => {
  const changes = await feed.subscribe(EVERYTHING, null);

  await db.pool.query(
    `insert into changes (kind, merchant_id, entity_type, entity_id) values ('alert.opened', 'm1', 'ORDER', 'silent')`,
  );

  expect(await take(changes, 1)).toMatchObject([{ entityId: 'silent', data: {}, integrationId: null }]);
});

it('gives each change of a row its own place, from memory and from the database, and resumes between them', async () => {
  const other = await startFeed(db, { recentChanges: 2 });
  const changes = await feed.subscribe(EVERYTHING, null);
  await insertRowOf(sqlOn(db.pool), 'several', 4);
  await publish(db, feed, orderChange('several', 5));

  const taken = await take(changes, 5);
  const resumed = await take(await other.subscribe(EVERYTHING, taken[1]?.cursor ?? ''), 3);
  await other.stop();

  expect(taken.map(({ kind, syncEventId, data }) => [kind, syncEventId, data['version']])).toEqual([
    ['order.created', null, 1],
    ['order.updated', '0', 2],
    ['order.updated', '1', 3],
    ['order.updated', '2', 4],
    ['order.status_changed', null, 5],
  ]);
  expect(taken.map(({ position }) => position - (taken[0]?.position ?? 0))).toEqual([0, 1, 2, 3, 4]);
  expect(resumed).toEqual(taken.slice(2));
});

it('lets nobody seal who counts rows and not the changes in them, as instances of former versions do', async () => {
  const sealing = db.pool.query(
    `insert into change_batches (no, position, snapshot)
     select no + 1, position + 1, pg_current_snapshot() from change_batches order by no desc limit 1`,
  );

  await expect(sealing).rejects.toMatchObject({ code: '23502', column: 'by_size' });
});

it('limits a subscriber to its merchant and to the kinds it asks for', async () => {
  const selection = { merchantId: 'm2', kinds: ['order.created' as const] };
  const changes = await feed.subscribe(selection, null);

  await publish(
    db,
    feed,
    orderChange('o1', 1, { kind: 'order.created' }),
    orderChange('o2', 1, { merchantId: 'm2' }),
    orderChange('o3', 1, { merchantId: 'm2', kind: 'order.created' }),
  );

  expect(await take(changes, 1)).toMatchObject([{ entityId: 'o3', merchantId: 'm2' }]);
});

it('resumes from a cursor on another instance, from memory and from the database alike', async () => {
  const other = await startFeed(db, { recentChanges: 2 });
  const changes = await feed.subscribe(EVERYTHING, null);
  for (let version = 1; version <= 12; version += 1) await publish(db, feed, orderChange('moving', version));
  const all = await take(changes, 12);

  const cursor = all[2]?.cursor ?? '';
  const resumedHere = await take(await feed.subscribe(EVERYTHING, cursor), 9);
  const resumedThere = await take(await other.subscribe(EVERYTHING, cursor), 9);

  expect(resumedHere).toEqual(all.slice(3));
  expect(resumedThere).toEqual(all.slice(3));
  await other.stop();
});

it('ends a consumer that falls behind what is kept in memory, which then resumes by its cursor', async () => {
  const small = await startFeed(db, { recentChanges: 3 });
  const changes = await small.subscribe(EVERYTHING, null);
  await publish(db, small, orderChange('slow', 0));
  const [first] = await take(changes, 1);
  for (let version = 1; version <= 20; version += 1) await publish(db, small, orderChange('slow', version));
  await small.subscribe(EVERYTHING, null);

  await expect(changes.next()).rejects.toMatchObject({ code: 'SLOW_CONSUMER' });
  const rest = await take(await small.subscribe(EVERYTHING, first?.cursor ?? ''), 20);

  expect(rest.map((change) => change.data['version'])).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  await small.stop();
});

it('keeps a consumer that only waits, however much it does not select passes by', async () => {
  const small = await startFeed(db, { recentChanges: 3 });
  const changes = await small.subscribe({ merchantId: 'm9', kinds: null }, null);
  const next = changes.next();

  for (let version = 1; version <= 20; version += 1) await publish(db, small, orderChange('other', version));
  await publish(db, small, orderChange('mine', 1, { merchantId: 'm9' }));

  expect(await next).toMatchObject({ value: { entityId: 'mine' } });
  await small.stop();
});

it('ends at once when the signal aborts, when the consumer leaves and when the feed stops', async () => {
  const instance = await startFeed(db);
  const abort = new AbortController();
  const aborted = (await instance.subscribe(EVERYTHING, null, abort.signal)).next();
  const leaving = await instance.subscribe(EVERYTHING, null);
  const left = leaving.next();
  const stopped = (await instance.subscribe(EVERYTHING, null)).next();

  abort.abort();
  await leaving.return();
  await instance.stop();

  expect(await Promise.all([aborted, left, stopped])).toEqual(Array(3).fill({ value: undefined, done: true }));
});

it.each(['', 'x', '!!!!', 'MTo1', '000000000000000000000', 'AAAAAAAAAAAAAAAAAAAA', 'ü'.repeat(20)])(
  'refuses %j as a cursor',
  async (cursor) => {
    await expect(feed.subscribe(EVERYTHING, cursor)).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  },
);

it('refuses a cursor with any one character changed', async () => {
  const changes = await feed.subscribe(EVERYTHING, null);
  await publish(db, feed, orderChange('o1', 1));
  const [change] = await take(changes, 1);
  const cursor = change?.cursor ?? '';

  for (let index = 0; index < cursor.length; index += 1) {
    const changed = cursor.slice(0, index) + (cursor[index] === 'A' ? 'B' : 'A') + cursor.slice(index + 1);
    await expect(feed.subscribe(EVERYTHING, changed)).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  }
});
