import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { openMigrated } from '../../src/db/open-migrated.js';

const NAME = `plain_${randomBytes(6).toString('hex')}`;
const server = String(process.env['TEST_POSTGRES_URL']);
let admin: pg.Client;
let databaseUrl: string;

/** A database whose user may make tables but no extension. */
beforeAll(async () => {
  admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`create role ${NAME} login password 'plain'`);
  await admin.query(`create database ${NAME}`);
  const url = new URL(server);
  url.pathname = `/${NAME}`;
  const inside = new pg.Client({ connectionString: url.href });
  await inside.connect();
  await inside.query(`grant all on schema public to ${NAME}`);
  await inside.end();
  [url.username, url.password] = [NAME, 'plain'];
  databaseUrl = url.href;
});
afterAll(async () => {
  await admin.query(`drop database ${NAME}`);
  await admin.query(`drop role ${NAME}`);
  await admin.end();
});

it('starts on a database that forbids extensions, and says that searching is slow', async () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });

  const db = await openMigrated({ databaseUrl, dataDir: '' }, log, () => {});
  const { rows } = await db.pool.query(
    `select to_regclass('orders_search') as search, to_regclass('orders') as orders`,
  );
  await db.close();

  expect(rows).toEqual([{ search: null, orders: 'orders' }]);
  expect(lines.join('')).toContain('no extension pg_trgm');
});
