import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createNotifier, type Notifier } from '../../src/db/notifier.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { until } from './harness.js';

const log = pino({ level: 'silent' });
let db: TestDatabase;
let here: Notifier;
let there: Notifier;

beforeAll(async () => {
  db = await createTestDatabase();
  here = createNotifier({ url: db.url, log });
  there = createNotifier({ url: db.url, log });
});
afterAll(async () => {
  await Promise.all([here.stop(), there.stop()]);
  await db.drop();
});

it('tells other processes, not its own, and listens again after its connection was cut', async () => {
  const heard: (string | null)[] = [];
  const own: (string | null)[] = [];
  there.listen('news', (payload) => heard.push(payload));
  here.listen('news', (payload) => own.push(payload));
  here.start();
  there.start();
  await until(() => heard.length === 1 && own.length === 1);

  here.notify('news', 'a');
  await until(() => heard.includes('a'));
  await db.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and (query ilike 'listen%' or query ilike 'select pg_notify%')`,
  );
  await until(() => heard.filter((payload) => payload === null).length === 2);
  await until(() => {
    here.notify('news', 'b');
    return heard.includes('b');
  });

  expect(heard.slice(0, 2)).toEqual([null, 'a']);
  expect(own.filter((payload) => payload !== null)).toEqual([]);
});

it('sends what comes in a burst together, each payload once', async () => {
  const heard: (string | null)[] = [];
  there.listen('burst', (payload) => heard.push(payload));
  await until(() => {
    here.notify('burst', 'ready');
    return heard.includes('ready');
  });
  heard.length = 0;

  for (let i = 0; i < 100; i++) here.notify('burst', String(i % 2));
  here.notify('burst', 'last');
  await until(() => heard.includes('last'));

  expect(heard.filter((payload) => payload !== 'ready').length).toBeLessThanOrEqual(5);
});
