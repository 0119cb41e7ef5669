import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { type Database, type Sql, sqlOn, type Tx } from '../src/db/database.js';
import { HubError } from '../src/errors.js';
import type { JobRunner } from '../src/flow/jobs/job-runner.js';
import type { Services } from '../src/flow/services.js';
import type { JobDefinition } from './define.js';
import { askForRun, findOverdueJobs, listJobs, registerJobs, setPaused } from './job-rows.js';
import { patiently } from './patiently.js';
import { runIfDue } from './run-if-due.js';
import { createTimer, type Tick, type Timer } from './timer.js';

export interface JobsDeps {
  db: Database;
  /** Where Agenda keeps its timers, `postgres://…` or `mongodb://…`. Left out: the same PostgreSQL. */
  timersUrl?: string;
  definitions: readonly JobDefinition[];
  log: Logger;
  /** A dead instance's job is taken over after at most twice this time. Default 15 s. */
  leaseMs?: number;
}

export interface Jobs extends JobRunner {
  /**
   * Resolves when the clock runs, or the hub stops before; until the stores answer it keeps trying. Never rejects.
   * @param services null: this instance runs no job, it can only list, ask for, pause and resume them
   */
  start(services: Services | null): Promise<void>;
  /** Tells running jobs to end, and waits for them. */
  stop(): Promise<void>;
}

const LEASE_MS = 15_000;

/** The hub's jobs: one run at a time over all instances, visible and controllable through {@link JobRunner}. */
export function createJobs(deps: JobsDeps): Jobs {
  const { db, definitions, log, leaseMs = LEASE_MS } = deps;
  const sql = sqlOn(db.pool);
  const owner = `${hostname()}:${process.pid}`;
  const timer = createTimer({ url: deps.timersUrl ?? db.url, owner, leaseMs, log });
  const fire = (name: string) =>
    timer.fire(name).catch((err) => log.warn({ err, job: name }, 'job not fired; its schedule will find it'));
  const sweep = createSweep(sql, definitions, leaseMs, fire, log);
  const clock = createClock({ sql, definitions, owner, leaseMs, log, timer, sweep });
  return { ...clock, ...createRunner(sql, definitions, fire) };
}

interface ClockDeps {
  sql: Sql;
  definitions: readonly JobDefinition[];
  owner: string;
  leaseMs: number;
  log: Logger;
  timer: Timer;
  sweep: () => Promise<void>;
}

function createClock(deps: ClockDeps): Pick<Jobs, 'start' | 'stop'> {
  const { sql, definitions, owner, leaseMs, log, timer, sweep } = deps;
  const stopping = new AbortController();
  let sweeping: NodeJS.Timeout | undefined;
  return {
    async start(services) {
      if (!services) return timer.start([], async () => {});
      const register = () => registerJobs(sql, definitions, new Date());
      await patiently(register, stopping.signal, (err) => log.warn({ err }, 'jobs not registered'));
      const runDeps = { sql, services, owner, leaseMs, stopping: stopping.signal, log };
      const tick: Tick = async (definition, keep) => {
        await runIfDue(runDeps, definition, keep);
      };
      await timer.start(definitions, tick);
      await sweep();
      if (!stopping.signal.aborted) sweeping = setInterval(() => void sweep(), leaseMs);
    },
    async stop() {
      stopping.abort();
      clearInterval(sweeping);
      await timer.stop();
    },
  };
}

function createRunner(
  sql: Sql,
  definitions: readonly JobDefinition[],
  fire: (name: string) => Promise<void>,
): JobRunner {
  const find = async (tx: Tx, name: string) => {
    const definition = findDefinition(definitions, name);
    await registerJobs(tx.sql, [definition], new Date());
    return definition;
  };
  return {
    list: () => listJobs(sql, definitions),
    run: async (tx, name) => {
      await find(tx, name);
      if (!(await askForRun(tx.sql, name))) throw new HubError('INVALID_STATE', `The job ${name} is running already.`);
      tx.afterCommit(() => void fire(name));
    },
    pause: async (tx, name) => setPaused(tx.sql, await find(tx, name), true),
    resume: async (tx, name) => setPaused(tx.sql, await find(tx, name), false),
  };
}

/** Finds what the timers forgot: a run missed while the hub was down, one that a dead instance left. */
function createSweep(
  sql: Sql,
  definitions: readonly JobDefinition[],
  overdueMs: number,
  fire: (name: string) => Promise<void>,
  log: Logger,
): () => Promise<void> {
  const known = new Set(definitions.map(({ name }) => name));
  return async () => {
    try {
      for (const name of await findOverdueJobs(sql, overdueMs)) if (known.has(name)) await fire(name);
    } catch (err) {
      log.warn({ err }, 'overdue jobs not found');
    }
  };
}

function findDefinition(definitions: readonly JobDefinition[], name: string): JobDefinition {
  const definition = definitions.find((candidate) => candidate.name === name);
  if (definition) return definition;
  const known = definitions.map((candidate) => candidate.name).join(', ');
  throw new HubError('NOT_FOUND', `There is no job of this name. The jobs are: ${known}.`, { path: ['name'] });
}
