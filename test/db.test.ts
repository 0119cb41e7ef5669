import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openDatabase, type Sql, sqlOn } from '../src/db/database.js';
import { createTestDatabase, type TestDatabase } from './harness/database.js';
import { eventually } from './harness/eventually.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

it('rolls back both the entities and the statements of a failed transaction, and calls nothing after it', async () => {
  let called = false;
  const failing = db.transaction(async (tx) => {
    tx.afterCommit(() => {
      called = true;
    });
    await tx.sql('insert into merchants (id, name) values ($1, $2)', ['m1', 'Ayşe & Söhne']);
    throw new Error('stop');
  });

  await expect(failing).rejects.toThrow('stop');

  expect(called).toBe(false);
  expect((await db.pool.query('select 1 from merchants')).rowCount).toBe(0);
});

it('analyses what only grows by few rows and without its documents, whatever columns were added later', async () => {
  const grown = ['webhook_events', 'sync_events', 'sync_attempts', 'changes'];

  const { rows } = await db.pool.query(
    `select attrelid::regclass || '.' || attname as name from pg_attribute
     where attrelid = any ($1::text[]::regclass[]) and attnum > 0 and not attisdropped and
       case when atttypid in ('json'::regtype, 'jsonb'::regtype, 'bytea'::regtype) then 0 else 10 end < coalesce(attstattarget, 100)`,
    [grown],
  );

  expect(rows).toEqual([]);
});

it('migrates although a hub of a former version has locked tables in another order', async () => {
  const former = await db.pool.connect();
  await former.query(`delete from schema_migrations where name in ('0047-changes-in-one-row', '0058-sealed-by-size')`);
  await former.query('alter table changes drop column size, drop column more');
  await former.query('alter table change_batches drop column by_size');
  await former.query(`set deadlock_timeout = '60s'`);
  await former.query('begin');
  await former.query('select from change_batches');

  const migrating = db.migrate();
  const waiting = `select 1 from pg_locks where not granted and relation = 'change_batches'::regclass
    and database = (select oid from pg_database where datname = current_database())`;
  await eventually(
    async () => (await db.pool.query(waiting)).rowCount,
    (count) => count === 1,
  );
  await former.query('select from changes');
  await former.query('commit');
  former.release(true);

  expect(await migrating).toEqual(['0047-changes-in-one-row', '0058-sealed-by-size']);
});

it('migrates beside work that holds a table without holding up others, and says that it waits', async () => {
  const former = await db.pool.connect();
  await former.query(`delete from schema_migrations where name = '0058-sealed-by-size'`);
  await former.query('alter table change_batches drop column by_size');
  await former.query('begin');
  await former.query('select from change_batches');
  const waits: string[] = [];

  const migrating = db.migrate(undefined, (what) => waits.push(what));
  await eventually(
    async () => waits.length,
    (count) => count > 0,
  );
  await former.query('commit');
  former.release();

  expect(await migrating).toEqual(['0058-sealed-by-size']);
  expect(waits[0]).toBe('a table that other work holds');
});

it('gives every connection back when the database ends sessions in the middle of transactions', async () => {
  const cut = Array.from({ length: 12 }, () => db.transaction(({ sql }) => sql('select pg_sleep(30)')));
  let running = true;
  const ended = Promise.allSettled(cut).finally(() => {
    running = false;
  });
  while (running) {
    await db.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and query like 'select pg_sleep%'`,
    );
  }
  const outcomes = await ended;

  const after = await db.transaction(({ sql }) => sql<{ one: number }>('select 1 as one'));

  expect(outcomes.map(({ status }) => status)).toEqual(cut.map(() => 'rejected'));
  expect(after).toEqual([{ one: 1 }]);
});

it('lets no session do nothing within a transaction, nor wait for a row, without an end', async () => {
  const setting = async (sql: Sql, name: string) => (await sql<Record<string, string>>(`show ${name}`))[0]?.[name];
  const inTransaction = (name: string) => db.transaction(({ sql }) => setting(sql, name));

  const idle = await Promise.all([
    setting(sqlOn(db.pool), 'idle_in_transaction_session_timeout'),
    setting(sqlOn(db.queuePool), 'idle_in_transaction_session_timeout'),
    inTransaction('idle_in_transaction_session_timeout'),
  ]);
  const wait = await inTransaction('lock_timeout');

  expect(idle).toEqual(['10s', '10s', '10s']);
  expect(wait).toBe('15s');
});

it('takes the settings that its address carries before its own, but reads times as it must', async () => {
  const address = new URL(db.url);
  address.searchParams.set('options', '-c lock_timeout=2s -c timezone=Asia/Tokyo');
  const other = await openDatabase(address.href, () => {});
  const shown =
    "select current_setting('lock_timeout') as patience, current_setting('timezone') as zone, current_setting('jit') as jit";

  const [inTransaction] = await other.transaction(({ sql }) => sql(shown));
  const [queue] = await sqlOn(other.queuePool)(
    "select current_setting('plan_cache_mode') as plans, current_setting('timezone') as zone",
  );
  await other.close();

  expect(inTransaction).toEqual({ patience: '2s', zone: 'UTC', jit: 'off' });
  expect(queue).toEqual({ plans: 'force_generic_plan', zone: 'UTC' });
});
