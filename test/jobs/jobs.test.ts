import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import pino from 'pino';
import { createJobs, type Jobs } from '../../jobs/create-jobs.js';
import type { JobDefinition } from '../../jobs/define.js';
import type { Database } from '../../src/db/database.js';
import { HubError } from '../../src/errors.js';
import type { JobState } from '../../src/flow/jobs/job-runner.js';
import type { Services } from '../../src/flow/services.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';

const NEVER = '0 0 1 1 *';
const EACH_SECOND = '* * * * * *';
const LEASE_MS = 900;
const mongo = process.env['MONGODB_TEST_URL'];

const job = (schedule: string, run: JobDefinition['run']): JobDefinition => ({
  name: 'count-stock',
  title: 'Counts the stock',
  schedule,
  run,
});

async function until<T>(read: () => Promise<T> | T, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    await sleep(20);
  }
}

describe.each([
  { store: 'PostgreSQL', address: () => undefined, given: true },
  { store: 'MongoDB (MONGODB_TEST_URL)', address: mongoDatabase, given: mongo !== undefined },
])('H5 jobs with timers on $store', ({ address, given }) => {
  const test = given ? it : it.skip;
  let db: TestDatabase;
  let timersUrl: string | undefined;
  let opened: Jobs[];
  let children: ChildProcess[];

  beforeAll(() => {
    timersUrl = given ? address() : undefined;
  });
  beforeEach(async () => {
    db = await createTestDatabase();
    opened = [];
    children = [];
  });
  afterEach(async () => {
    for (const child of children) await kill(child);
    for (const jobs of opened) await jobs.stop();
    await db.drop();
  });

  async function open(...definitions: JobDefinition[]): Promise<Jobs> {
    const jobs = createJobs({ db, timersUrl, definitions, log: pino({ level: 'silent' }), leaseMs: LEASE_MS });
    opened.push(jobs);
    await jobs.start(servicesOf(db));
    return jobs;
  }

  async function spawnRunner(env: Record<string, string>): Promise<ChildProcess> {
    await db.pool.query('create table starts (pid int not null, at timestamptz not null default now())');
    const child = spawn(process.execPath, [fileURLToPath(new URL('./runner.js', import.meta.url))], {
      env: { DATABASE_URL: db.url, LEASE_MS: String(LEASE_MS), ...(timersUrl && { TIMERS_URL: timersUrl }), ...env },
      stdio: 'inherit',
    });
    children.push(child);
    return child;
  }

  const only = async (jobs: Jobs) => (await jobs.list())[0] as JobState;
  const ask = (jobs: Jobs) => db.transaction((tx) => jobs.run(tx, 'count-stock'));
  const ended = (state: JobState) => state.lastFinishedAt !== null && !state.running;
  const starts = async () => (await db.pool.query('select pid from starts')).rows as { pid: number }[];

  test('runs by its schedule, again and again', async () => {
    let runs = 0;

    const jobs = await open(
      job(EACH_SECOND, async () => {
        runs += 1;
      }),
    );
    await until(
      () => runs,
      (count) => count >= 3,
    );

    const state = await until(() => only(jobs), ended);
    expect(state).toMatchObject({ lastOutcome: 'OK', lastError: null, schedule: EACH_SECOND, paused: false });
    expect(state.nextRunAt?.getTime()).toBeGreaterThan(state.lastStartedAt?.getTime() ?? 0);
  });

  test('runs when asked, shows its progress, and is not started twice', async () => {
    let finish = () => {};
    const jobs = await open(
      job(NEVER, async (_, run) => {
        run.progress(42.4);
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        run.progress(100);
      }),
    );

    await ask(jobs);

    const running = await until(
      () => only(jobs),
      (state) => state.progress === 42,
    );
    expect(running).toMatchObject({ running: true, lastFinishedAt: null });
    await expect(ask(jobs)).rejects.toEqual(expect.objectContaining({ code: 'INVALID_STATE' }));
    finish();
    expect(await until(() => only(jobs), ended)).toMatchObject({ lastOutcome: 'OK', progress: 100 });
  });

  test('is not started by a transaction that is rolled back', async () => {
    let runs = 0;
    const jobs = await open(
      job(NEVER, async () => {
        runs += 1;
      }),
    );

    const failing = db.transaction(async (tx) => {
      await jobs.run(tx, 'count-stock');
      throw new Error('stop');
    });

    await expect(failing).rejects.toThrow('stop');
    await ask(jobs);
    await until(() => only(jobs), ended);
    expect(runs).toBe(1);
  });

  test('shows an expected failure as it is, another one without its words, and goes on', async () => {
    const failures = [new HubError('UPSTREAM_TIMEOUT', 'The portal is slow.'), new Error('password=hunter2'), null];
    const jobs = await open(
      job(NEVER, async () => {
        const failure = failures.shift();
        if (failure) throw failure;
      }),
    );

    const seen: (string | null)[] = [];
    for (let run = 1; run <= 3; run += 1) {
      const before = (await only(jobs)).lastFinishedAt?.getTime() ?? 0;
      await ask(jobs);
      const state = await until(
        () => only(jobs),
        ({ lastFinishedAt, running }) => !running && (lastFinishedAt?.getTime() ?? 0) > before,
      );
      seen.push(state.lastOutcome, state.lastError);
    }

    expect(seen).toEqual([
      'FAILED',
      'UPSTREAM_TIMEOUT: The portal is slow.',
      'FAILED',
      "INTERNAL: the hub's log has the reason.",
      'OK',
      null,
    ]);
  });

  test('rests while it is paused, runs when asked all the same, and goes on when resumed', async () => {
    let runs = 0;
    const jobs = await open(
      job(EACH_SECOND, async () => {
        runs += 1;
      }),
    );
    await until(
      () => runs,
      (count) => count > 0,
    );

    await db.transaction((tx) => jobs.pause(tx, 'count-stock'));
    await until(
      () => only(jobs),
      ({ running }) => !running,
    );
    const whenPaused = runs;
    await sleep(2_500);
    const afterRest = runs;
    await ask(jobs);
    await until(
      () => runs,
      (count) => count > afterRest,
    );

    expect(afterRest).toBe(whenPaused);
    expect(await only(jobs)).toMatchObject({ paused: true, nextRunAt: null });
    await db.transaction((tx) => jobs.resume(tx, 'count-stock'));
    await until(
      () => runs,
      (count) => count > afterRest + 1,
    );
    expect((await only(jobs)).paused).toBe(false);
  });

  test('never runs twice at once over two instances, also when it outlasts its lease', async () => {
    let atOnce = 0;
    let most = 0;
    let runs = 0;
    const slow = job(EACH_SECOND, async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await sleep(3 * LEASE_MS);
      atOnce -= 1;
      runs += 1;
    });

    await Promise.all([open(slow), open(slow)]);
    await until(
      () => runs,
      (count) => count >= 2,
    );

    expect(most).toBe(1);
  });

  test('names the known jobs when asked for an unknown one', async () => {
    const jobs = await open(job(NEVER, async () => {}));

    const asking = db.transaction((tx) => jobs.run(tx, 'count-stocks'));

    await expect(asking).rejects.toThrow('There is no job of this name. The jobs are: count-stock.');
    await expect(asking).rejects.toEqual(expect.objectContaining({ code: 'NOT_FOUND', inputPath: ['name'] }));
  });

  test('tells a running job that the hub stops, and waits for it', async () => {
    let told = false;
    const jobs = await open(
      job(NEVER, async (_, { signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await sleep(50);
        told = true;
      }),
    );
    await ask(jobs);
    await until(
      () => only(jobs),
      ({ running }) => running,
    );

    await Promise.all(opened.splice(0).map((each) => each.stop()));

    expect(told).toBe(true);
    expect(await only(jobs)).toMatchObject({ running: false, lastOutcome: 'OK' });
  });

  test('is taken over when its process is killed in the middle', async () => {
    const child = await spawnRunner({ HANG: 'yes' });
    await until(starts, (rows) => rows.length === 1);
    const other = createJobs({
      db,
      timersUrl,
      definitions: [
        { ...job(NEVER, async () => void (await db.pool.query('insert into starts values (0)'))), name: 'note-start' },
      ],
      log: pino({ level: 'silent' }),
      leaseMs: LEASE_MS,
    });
    opened.push(other);
    await other.start(servicesOf(db));

    await kill(child);

    await until(starts, (rows) => rows.some(({ pid }) => pid === 0));
    expect((await starts()).filter(({ pid }) => pid === child.pid)).toHaveLength(1);
  });

  test('outlives a database that is away, and goes on by itself', async () => {
    const child = await spawnRunner({});
    const exited = once(child, 'exit').then(() => true);
    await until(starts, (rows) => rows.length > 0);

    await withoutDatabase(2_000);
    const before = (await starts()).length;
    const resumed = until(starts, (rows) => rows.length > before + 1).then(() => false);

    expect(await Promise.race([exited, resumed])).toBe(false);
  });

  /** Cuts every connection again and again, and refuses new ones. */
  async function withoutDatabase(forMs: number): Promise<void> {
    const { pathname } = new URL(db.url);
    const name = pathname.slice(1);
    const admin = new pg.Client({ connectionString: process.env['TEST_POSTGRES_URL'] });
    await admin.connect();
    await admin.query(`alter database ${name} allow_connections false`);
    for (const end = Date.now() + forMs; Date.now() < end; await sleep(100)) {
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    }
    await admin.query(`alter database ${name} allow_connections true`);
    await admin.end();
  }
});

/** The jobs of this suite use the database and nothing else. */
function servicesOf(db: Database): Services {
  return { db } as Services;
}

function mongoDatabase(): string {
  const url = new URL(mongo ?? '');
  url.pathname = `/syncline_test_${process.pid}_${Date.now()}`;
  return url.href;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
