import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Database, openDatabase } from '../../src/db/database.js';

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
      await onServer(server, `drop database ${name}`);
    },
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
