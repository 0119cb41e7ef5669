import { setTimeout as sleep } from 'node:timers/promises';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type SqlEntityManager } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { connectionOptions, sessionOptions } from './connection-options.js';
import { entities } from './entities/index.js';
import { migrations } from './migrations/index.js';
import { openQueuePool } from './queue-pool.js';

/** Runs one statement with `$1`-style parameters. */
export type Sql = <Row = Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Statements on a pool, each committed by itself. */
export function sqlOn(pool: pg.Pool | pg.Client): Sql {
  return async (text, values = []) => (await pool.query(text, [...values])).rows;
}

/** An open transaction: entities through `em`, hand-written statements through `sql`, both on one connection. */
export interface Tx {
  em: SqlEntityManager;
  sql: Sql;
  /** Runs after the commit, not at all after a rollback. */
  afterCommit(work: () => void): void;
}

/** The hub's PostgreSQL. */
export interface Database {
  url: string;
  orm: MikroORM;
  /** For hot paths, which speak SQL. bigint, numeric, timestamptz and jsonb columns arrive as text. */
  pool: pg.Pool;
  /** For the statements of the outbox and the inbox alone: see `openQueuePool`. */
  queuePool: pg.Pool;
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Applies the migrations that are missing, those after `last` left out; answers their names. `onWait` is told of what
   * has to end before.
   */
  migrate(last?: string, onWait?: OnWait): Promise<string[]>;
  close(): Promise<void>;
}

const ENTITY_CONNECTIONS = 4;
const HOT_CONNECTIONS = 6;
/** Longer than a frozen instance holds rows: then waiting is given up, instead of keeping a connection that others need. */
const LOCK_PATIENCE = '-c lock_timeout=15s';

/** Opens the pools. Connects lazily; a database that is away fails the statements, never the process. */
export async function openDatabase(url: string, onError: (error: Error) => void): Promise<Database> {
  const pool = new pg.Pool({ ...connectionOptions(url), max: HOT_CONNECTIONS });
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  const queuePool = openQueuePool(url, onError);
  const orm = await MikroORM.init({
    clientUrl: url,
    entities,
    extensions: [Migrator],
    pool: { min: 0, max: ENTITY_CONNECTIONS },
    // The whole address again: what stands behind its question mark is not in what clientUrl is taken apart into.
    driverOptions: sessionOptions(url, LOCK_PATIENCE),
    migrations: { migrationsList: migrations, tableName: 'schema_migrations', transactional: true, snapshot: false },
    debug: false,
    logger: () => {},
  });
  return {
    url,
    orm,
    pool,
    queuePool,
    transaction: (work) => transaction(orm, work),
    migrate: (last, onWait) => migrate(orm, url, last, onWait),
    close: async () => {
      await Promise.all([orm.close(), pool.end(), queuePool.end()]);
    },
  };
}

/** Instances that start together migrate one after the other; the last ones find nothing to do. */
export const MIGRATION_LOCK = 4_715_003;
/** Some five minutes: longer than any statement of the hub holds a table. */
const MOST_MIGRATION_TRIES = 100;
const MIGRATION_PAUSE_MS = 500;
/** More than the second after which an autovacuum makes way. */
const MIGRATION_LOCK_PATIENCE = `set local lock_timeout = '3s'`;

/** Told what is waited for. */
type OnWait = (what: string) => void;

async function migrate(orm: MikroORM, url: string, last?: string, onWait: OnWait = () => {}): Promise<string[]> {
  const lock = new pg.Client(connectionOptions(url));
  await lock.connect();
  try {
    const { rows } = await lock.query(`select pg_try_advisory_lock(${MIGRATION_LOCK}) as taken`);
    if (rows[0]?.taken !== true) {
      onWait('another instance that migrates');
      await lock.query(`select pg_advisory_lock(${MIGRATION_LOCK})`);
    }
    const executed = last === undefined ? [] : (await orm.migrator.getExecuted()).map(({ name }) => name);
    if (last !== undefined && executed.includes(last)) return [];
    return await migrateUndisturbed(orm, last, onWait);
  } finally {
    await lock.end();
  }
}

/**
 * Hubs of a former version that still run may hold what a migration needs, or have locked in another order. Whoever waits for a
 * table holds up all who come after, so it lets go soon; then nothing was done, and it is done again.
 */
async function migrateUndisturbed(orm: MikroORM, last: string | undefined, onWait: OnWait): Promise<string[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await migrateOnce(orm, last);
    } catch (error) {
      if (!isAboutLocks(error) || attempt === MOST_MIGRATION_TRIES) throw error;
      onWait('a table that other work holds');
      await sleep(MIGRATION_PAUSE_MS);
    }
  }
}

async function migrateOnce(orm: MikroORM, last: string | undefined): Promise<string[]> {
  const applied = await orm.em.getConnection().transactional(async (transaction) => {
    await transaction.executeQuery(CompiledQuery.raw(MIGRATION_LOCK_PATIENCE));
    return orm.migrator.up({ transaction, ...(last !== undefined && { to: last }) });
  });
  return applied.map(({ name }) => name);
}

function isAboutLocks(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: unknown };
  return code === '40P01' || code === '55P03' || (cause instanceof Error && isAboutLocks(cause));
}

/**
 * By kysely's own transaction: the one that MikroORM begins keeps its connection for good when the database is lost in
 * the middle, because a failed begin or rollback does not give it back.
 */
async function transaction<T>(orm: MikroORM, work: (tx: Tx) => Promise<T>): Promise<T> {
  const committed: (() => void)[] = [];
  const kysely = orm.em.getConnection().getClient();
  const result = await kysely.transaction().execute(async (context) => {
    const em = orm.em.fork() as SqlEntityManager;
    em.setTransactionContext(context);
    const sql: Sql = async (text, values = []) =>
      (await context.executeQuery(CompiledQuery.raw(text, [...values]))).rows as never;
    const answer = await work({ em, sql, afterCommit: (run) => committed.push(run) });
    await em.flush();
    return answer;
  });
  for (const run of committed) run();
  return result;
}
