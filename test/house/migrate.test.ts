import { expect, it } from '@jest/globals';
import pg from 'pg';
import { openDatabase } from '../../src/db/database.js';
import { migrations } from '../../src/db/migrations/index.js';

it('lets instances that start together migrate once', async () => {
  const url = new URL(process.env['TEST_POSTGRES_URL'] ?? '');
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  await admin.query('create database test_migrate_together');
  url.pathname = '/test_migrate_together';
  const instances = await Promise.all([1, 2, 3].map(() => openDatabase(url.href, () => {})));

  const applied = await Promise.all(instances.map((db) => db.migrate()));

  await Promise.all(instances.map((db) => db.close()));
  await admin.query('drop database test_migrate_together');
  await admin.end();
  expect(applied.flat()).toEqual(migrations.map(({ name }) => name));
});
