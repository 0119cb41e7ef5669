import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Database, openDatabase } from '../../src/db/database.js';
import { eventually } from './eventually.js';

export interface TestDatabase extends Database {
  /** Closes the pools and drops the database; fails when a session was left open. */
  drop(): Promise<void>;
}

/** A migrated database of its own for one test file, copied from the template in some 30 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['TEST_POSTGRES_URL'];
  if (!server) throw new Error('TEST_POSTGRES_URL is not set: run the tests by `npm test`.');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name} template syncline_template strategy file_copy`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const db = await openDatabase(url.href, () => {});
  return {
    ...db,
    drop: async () => {
      await db.close();
      await onServer(server, (client) => untilAlone(client, name));
      await onServer(server, `drop database ${name}`);
    },
  };
}

/** PostgreSQL takes a while to notice that sessions have ended where it has much else to do. */
function untilAlone(client: pg.Client, name: string): Promise<number> {
  const left = `select count(*)::int as count from pg_stat_activity where datname = $1 and backend_type = 'client backend'`;
  return eventually(
    async () => (await client.query<{ count: number }>(left, [name])).rows[0]?.count ?? 0,
    (count) => count === 0,
  );
}

async function onServer(url: string, work: string | ((client: pg.Client) => Promise<unknown>)): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await (typeof work === 'string' ? client.query(work) : work(client));
  } finally {
    await client.end();
  }
}
