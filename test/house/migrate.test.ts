import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import pg from 'pg';
import { MIGRATION_LOCK, openDatabase } from '../../src/db/database.js';
import { migrations } from '../../src/db/migrations/index.js';
import { eventually } from '../harness/eventually.js';

it('B28 applies migrations up to the one that is named, and no other', async () => {
  const url = new URL(process.env['TEST_POSTGRES_URL'] ?? '');
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  await admin.query('create database test_migrate_by_name');
  url.pathname = '/test_migrate_by_name';
  const dataDir = mkdtempSync(join(tmpdir(), 'syncline-migrate-'));
  const env = { PATH: process.env['PATH'], DATA_DIR: dataDir, DATABASE_URL: url.href };
  const run = async (name: string) =>
    (await promisify(execFile)(process.execPath, ['dist/src/main.js', 'migrate', name], { env })).stdout;

  const [first, second] = [await run('CreateWebhookEventsTable'), await run('AddB2BReferenceIds')];
  const unknown = await run('nothing').catch(({ code, stdout }) => ({ code, stdout }));
  const db = await openDatabase(url.href, () => {});
  const rest = await db.migrate();
  await db.close();

  await admin.query('drop database test_migrate_by_name');
  await admin.end();
  rmSync(dataDir, { recursive: true });
  expect(first).toContain('"applied":["0001-entities","0002-outbox","0003-inbox"]');
  expect(second).not.toContain('"applied"');
  expect(unknown).toEqual({ code: 1, stdout: expect.stringContaining('0003-inbox') });
  expect(rest).toEqual(migrations.slice(3).map(({ name }) => name));
});

it('lets instances that start together migrate once, and tells those that wait for it', async () => {
  const url = new URL(process.env['TEST_POSTGRES_URL'] ?? '');
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  await admin.query('create database test_migrate_together');
  url.pathname = '/test_migrate_together';
  const instances = await Promise.all([1, 2, 3].map(() => openDatabase(url.href, () => {})));
  const first = new pg.Client({ connectionString: url.href });
  await first.connect();
  await first.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  const waiting: object[] = [];

  const migrating = Promise.all(instances.map((db) => db.migrate(undefined, () => waiting.push(db))));
  await eventually(
    async () => waiting.length,
    (count) => count === instances.length,
  );
  await first.end();
  const applied = await migrating;

  await Promise.all(instances.map((db) => db.close()));
  await admin.query('drop database test_migrate_together');
  await admin.end();
  expect(applied.flat()).toEqual(migrations.map(({ name }) => name));
});
