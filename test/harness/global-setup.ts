import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase } from '../../src/db/database.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded-postgres.js';

export const TEMPLATE = 'syncline_template';

declare global {
  // Handed from globalSetup to globalTeardown, which share nothing else.
  var testPostgres: { server: EmbeddedPostgres; dataDir: string } | undefined;
}

/** One PostgreSQL for the whole run, with a migrated template that each test file copies. */
export default async function globalSetup(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'syncline-test-'));
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  try {
    const server = await startEmbeddedPostgres({ dataDir, settings });
    globalThis.testPostgres = { server, dataDir };
    await makeTemplate(server.url);
    process.env['TEST_POSTGRES_URL'] = server.url;
  } catch (error) {
    await globalThis.testPostgres?.server.stop();
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}

async function makeTemplate(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${TEMPLATE}`);
  await admin.end();
  const template = new URL(url);
  template.pathname = `/${TEMPLATE}`;
  const db = await openDatabase(template.href, () => {});
  await db.migrate();
  await db.close();
}
