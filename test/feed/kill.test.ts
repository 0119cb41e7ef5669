import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { EVERYTHING, startFeed, take } from './harness.js';
import type { FromInstance, ToInstance } from './instance-process.js';

const INSTANCE = fileURLToPath(new URL('./instance-process.js', import.meta.url));
const KILLS = 6;
/** Changes that each instance delivers before it may be killed, however slow the machine. */
const LEAST_READ = 10;
const APPLICATION = 'feed-instance';

let db: TestDatabase;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  db = await createTestDatabase();
  await db.pool.query('create table versions (id int primary key, version int not null)');
  await db.pool.query('insert into versions select i, 0 from generate_series(0, 11) i');
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await untilAlone();
  await db.drop();
});

async function startInstance(): Promise<ChildProcess> {
  const child = fork(INSTANCE, {
    env: { ...process.env, FEED_DATABASE: db.url, PGAPPNAME: APPLICATION },
    execArgv: [],
  });
  children.add(child);
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`The instance ended with ${code}`)));
  });
  return child;
}

/** Until PostgreSQL has noticed that the instances are gone. */
async function untilAlone(): Promise<void> {
  const left = `select from pg_stat_activity where application_name = '${APPLICATION}'`;
  while ((await db.pool.query(left)).rowCount) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Lets an instance serve what follows a cursor, kills it at a random instant once some have come, and answers what arrived. */
async function readUntilKilled(child: ChildProcess, after: string | null): Promise<FromInstance[]> {
  const received: FromInstance[] = [];
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const some = new Promise<void>((resolve) => {
    child.on('message', (change: FromInstance) => {
      if (received.push(change) >= LEAST_READ) resolve();
    });
  });
  child.send({ after } satisfies ToInstance);
  await some;
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
  child.kill('SIGKILL');
  await gone;
  children.delete(child);
  return received;
}

it('H3 has no gap and no repeat for a subscriber whose instances are killed under it, while a foreign transaction stays open', async () => {
  const here = await startFeed(db);
  const foreign = new pg.Client(db.url);
  await foreign.connect();
  await foreign.query('begin');
  await foreign.query(
    `insert into changes (kind, merchant_id, entity_type, entity_id, data)
     values ('order.updated', 'm1', 'ORDER', 'foreign', '{"version":1}')`,
  );
  const beginning = await here.subscribe(EVERYTHING, null);
  let next = await startInstance();
  const [first] = await take(beginning, 1);
  await beginning.return();
  const received: FromInstance[] = [];

  for (let kill = 0; kill < KILLS; kill += 1) {
    const after = received.at(-1)?.cursor ?? first?.cursor ?? null;
    const [another, read] = await Promise.all([startInstance(), readUntilKilled(next, after)]);
    received.push(...read);
    next = another;
  }
  const gone = new Promise((resolve) => next.once('exit', resolve));
  next.kill('SIGKILL');
  await gone;
  await foreign.query('commit');
  await foreign.end();
  await here.subscribe(EVERYTHING, null).then((changes) => changes.return());
  const [end] = (await db.pool.query('select max(position) as position from change_batches')).rows;
  const rest = await here.subscribe(EVERYTHING, received.at(-1)?.cursor ?? null);
  for (const change of await take(rest, Number(end.position) - (received.at(-1)?.position ?? 0))) {
    received.push({ ...change, version: Number(change.data['version']) });
  }
  await here.stop();

  expect(received.map((change) => change.position)).toEqual(received.map((_, index) => index + 2));
  const versions = new Map<string, number[]>([[first?.entityId ?? '', [Number(first?.data['version'])]]]);
  for (const { entityId, version } of received) versions.set(entityId, [...(versions.get(entityId) ?? []), version]);
  const { rows } = await db.pool.query('select id, version from versions');
  expect(versions.get('foreign')).toEqual([1]);
  for (const { id, version } of rows) {
    expect(versions.get(String(id)) ?? []).toEqual(Array.from({ length: version }, (_, index) => index + 1));
  }
  expect(received.length).toBeGreaterThan(KILLS * LEAST_READ);
});
