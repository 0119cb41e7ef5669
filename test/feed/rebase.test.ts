import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Database, openDatabase, sqlOn } from '../../src/db/database.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded-postgres.js';
import { beginEpochAtStart } from '../../src/feed/rebase-feed.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { EVERYTHING, insertRowOf, orderChange, publish, readAll, startFeed, take } from './harness.js';

const dataDir = mkdtempSync(join(tmpdir(), 'syncline-restore-'));
let original: TestDatabase;
let server: EmbeddedPostgres;
let restored: Database;

beforeAll(async () => {
  original = await createTestDatabase();
  server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
  restored = await openDatabase(server.url, () => {});
  await restored.migrate();
});
afterAll(async () => {
  await restored.close();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
  await original.drop();
});

const TABLES = ['changes', 'change_batches', 'feed_epochs'];

async function rowsOf(db: Database, table: string): Promise<string> {
  const { rows } = await db.pool.query<{ rows: string }>(
    `select coalesce(json_agg(t), '[]')::text as rows from ${table} t`,
  );
  return rows[0]?.rows ?? '';
}

/** What a dump of the original's feed puts into another server, whose transaction ids begin anew. */
async function restore(): Promise<void> {
  for (const table of TABLES) {
    const rows = [{ rows: await rowsOf(original, table) }];
    await restored.pool.query(`truncate ${table}`);
    await restored.pool.query(
      `insert into ${table} overriding system value select * from json_populate_recordset(null::${table}, $1::json)`,
      [rows[0]?.rows],
    );
  }
  const { rows } = await original.pool.query(
    'select (select max(id) from changes) as id, (select max(number) from feed_epochs) as number',
  );
  await restored.pool.query(
    `select setval(pg_get_serial_sequence('changes', 'id'), $1),
      setval(pg_get_serial_sequence('feed_epochs', 'number'), $2)`,
    [rows[0].id, rows[0].number],
  );
}

/** Uses up transaction ids, so that the original is far ahead of a new server. */
async function spendTransactionIds(count: number): Promise<void> {
  await original.pool.query(
    `do $$ begin for i in 1..${count} loop perform pg_current_xact_id(); commit; end loop; end $$`,
  );
}

it('goes on behind the same cursors on a restored database, and refuses those given out after the dump', async () => {
  await spendTransactionIds(5_000);
  const feed = await startFeed(original);
  const changes = await feed.subscribe(EVERYTHING, null);
  await insertRowOf(sqlOn(original.pool), 'o1', 15);
  feed.wake();
  for (let version = 16; version <= 30; version += 1) await publish(original, feed, orderChange('o1', version));
  const delivered = await take(changes, 30);
  await feed.stop();
  await insertRowOf(sqlOn(original.pool), 'unsealed', 2);
  await restore();
  const after = await startFeed(original);
  const ahead = await take(await after.subscribe(EVERYTHING, delivered[29]?.cursor ?? ''), 2);
  await after.stop();

  const there = await startFeed(restored);
  await publish(restored, there, orderChange('o1', 31));
  const resumed = await take(await there.subscribe(EVERYTHING, delivered[9]?.cursor ?? ''), 23);

  expect(resumed.map((change) => [change.entityId, change.data['version']])).toEqual([
    ...delivered.slice(10).map((change) => ['o1', change.data['version']]),
    ['unsealed', 1],
    ['unsealed', 2],
    ['o1', 31],
  ]);
  expect(resumed.map((change) => change.position)).toEqual(
    Array.from({ length: 23 }, (_, index) => (delivered[10]?.position ?? 0) + index),
  );
  await expect(there.subscribe(EVERYTHING, ahead[0]?.cursor ?? '')).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
  const own = resumed[21]?.cursor ?? '';
  expect(await take(await there.subscribe(EVERYTHING, own), 1)).toEqual([resumed[22]]);
  await there.stop();
});

it('refuses cursors that were given out after a backup whose files were put back', async () => {
  const feed = await startFeed(restored);
  const changes = await feed.subscribe(EVERYTHING, null);
  for (let version = 1; version <= 4; version += 1) await publish(restored, feed, orderChange('backed-up', version));
  const kept = await take(changes, 4);
  await feed.stop();
  const backup = await Promise.all(TABLES.map((table) => rowsOf(restored, table)));
  const going = await startFeed(restored);
  const more = await going.subscribe(EVERYTHING, null);
  for (let version = 1; version <= 2; version += 1) await publish(restored, going, orderChange('lost', version));
  const lost = await take(more, 2);
  await going.stop();

  for (const [at, table] of TABLES.entries()) {
    await restored.pool.query(`truncate ${table}`);
    await restored.pool.query(
      `insert into ${table} overriding system value select * from json_populate_recordset(null::${table}, $1::json)`,
      [backup[at]],
    );
  }
  await beginEpochAtStart(restored);
  const there = await startFeed(restored);
  for (let version = 1; version <= 3; version += 1) await publish(restored, there, orderChange('new', version));
  const resumed = await take(await there.subscribe(EVERYTHING, kept[1]?.cursor ?? ''), 5);

  expect(resumed.map(({ entityId }) => entityId)).toEqual(['backed-up', 'backed-up', 'new', 'new', 'new']);
  await expect(there.subscribe(EVERYTHING, lost[1]?.cursor ?? '')).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
  await there.stop();
});

it('keeps every position of a feed of many batches', async () => {
  await spendTransactionIds(2_000);
  const feed = await startFeed(original);
  for (let round = 0; round < 5; round += 1) {
    const many = Array.from({ length: 1_000 }, (_, index) => orderChange(`many-${round}-${index}`, 1));
    await publish(original, feed, ...many);
  }
  await (await feed.subscribe(EVERYTHING, null)).return();
  await feed.stop();
  const before = await positions(original);
  await restore();

  const there = await startFeed(restored);
  const after = await positions(restored);
  await there.stop();

  expect(after).toEqual(before);
  expect(after.length).toBeGreaterThan(5_000);
});

/** Which entity and version stands at each position. */
async function positions(db: Database): Promise<unknown[]> {
  return (await readAll(sqlOn(db.pool))).map(({ position, content }) => [position, content]);
}
