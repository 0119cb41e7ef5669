import type { Logger } from 'pino';
import { type Database, openDatabase } from './database.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { findMigration } from './migrations/find-migration.js';
import { awaitOutsidePostgres } from './outside-postgres.js';

export interface DatabasePlace {
  /** Null: an embedded PostgreSQL in `dataDir`. */
  databaseUrl: string | null;
  dataDir: string;
}

/** A server that was started together with the hub, as by a compose file, may still be on its way. */
const PATIENCE_MS = 30_000;

/**
 * Opens the database, starting it where it is embedded, and brings it up to date, or up to the migration `last`. `onStop` is
 * told of what must be stopped.
 */
export async function openMigrated(
  place: DatabasePlace,
  log: Logger,
  onStop: (stop: () => unknown) => void,
  last?: string,
): Promise<Database> {
  if (place.databaseUrl) await awaitOutsidePostgres(place.databaseUrl, PATIENCE_MS);
  const url = place.databaseUrl ?? (await startEmbedded(place, log, onStop));
  const db = await openDatabase(url, (error) => log.warn({ err: error }, 'database connection lost'));
  onStop(() => db.close());
  const applied = await db.migrate(last, (what) => log.info({ what }, 'the migration of the database waits'));
  if (applied.length > 0) log.info({ applied }, 'migrated');
  if (!(await hasSearchIndexes(db))) log.warn(SLOW_SEARCH);
  return db;
}

const SLOW_SEARCH =
  'the filter "search" reads all rows: this database has no extension pg_trgm; docs/operations.md says how it is added';

async function hasSearchIndexes({ pool }: Database): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>(`select to_regclass('orders_search') is not null as found`);
  return rows[0]?.found === true;
}

async function startEmbedded(
  { dataDir }: DatabasePlace,
  log: Logger,
  onStop: (stop: () => unknown) => void,
): Promise<string> {
  const onEvent = (message: string, err?: unknown) => log.warn({ err }, message);
  const server = await startEmbeddedPostgres({ dataDir, onEvent });
  onStop(() => server.stop());
  return server.url;
}

/**
 * Brings the database up to date, or up to one migration, and lets go of it: for a job that runs before a new version
 * starts. `afterwards` is done to it before.
 * @throws Error when there is no migration of that name
 */
export async function migrateAlone(
  place: DatabasePlace,
  log: Logger,
  name?: string,
  afterwards?: (db: Database) => Promise<void>,
): Promise<void> {
  const last = name === undefined ? undefined : findMigration(name);
  const stops: (() => unknown)[] = [];
  try {
    const db = await openMigrated(place, log, (stop) => void stops.push(stop), last);
    await afterwards?.(db);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}
