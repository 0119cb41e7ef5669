import { setImmediate } from 'node:timers/promises';
import { PostgresBackend } from '@agendajs/postgres-backend';
import { Agenda, type AgendaBackend, backoffStrategies, type Job } from 'agenda';
import pg from 'pg';
import type { Logger } from 'pino';
import { createOutageLog } from '../src/db/outage-log.js';
import type { JobDefinition } from './define.js';
import { patiently } from './patiently.js';
import { unrefWatch } from './unref-watch.js';

/** The clock and host of jobs. It may fire too often and it may forget: whether a job runs is decided by its own row. */
export interface Timer {
  /** Resolves when the clock runs, however long its store takes to answer. Without definitions it only sends `fire`. */
  start(definitions: readonly JobDefinition[], tick: Tick): Promise<void>;
  /** Lets one instance tick as soon as possible. */
  fire(name: string): Promise<void>;
  /** Waits for the ticks that have begun. */
  stop(): Promise<void>;
}

/** Calls `keep` now and then while the work lasts, so that no other instance ticks meanwhile. */
export type Tick = (definition: JobDefinition, keep: () => Promise<void>) => Promise<void>;

export interface TimerDeps {
  /** `postgres://…` or `mongodb://…`: where the timers are kept. */
  url: string;
  /** Names this instance. */
  owner: string;
  /** How long the job of a dead instance stays its own; its timer rests a little longer. */
  leaseMs: number;
  log: Logger;
}

/** The store is asked so often; on PostgreSQL what is fired is also told at once. */
const POLL_MS = 2_000;
const CONNECTIONS = 3;
/** The driver's own half a minute would hold up a stop. */
const MONGO_PATIENCE_MS = 3_000;
const NAME = 'syncline_timers';

/** Agenda on the store of the address. */
export function createTimer(deps: TimerDeps): Timer {
  const mongo = /^mongodb(\+srv)?:/.test(deps.url);
  const stopping = new AbortController();
  const { onError, worked, telling } = watchStore(deps.log, mongo, stopping.signal);
  const pool = mongo ? null : createPool(deps.url, onError);
  let backend: AgendaBackend | null = null;
  const running = new Set<Promise<void>>();
  let agenda: Agenda | null = null;
  let starting: Promise<void> = Promise.resolve();
  const run = async (definitions: readonly JobDefinition[], tick: Tick) => {
    // A timer is locked up to one poll before it fires; when its lock ends, the job's lease must have ended before.
    const defaultLockLifetime = 2 * deps.leaseMs + POLL_MS;
    backend ??= toughen(pool ? onPostgres(pool, onError) : await onMongo(deps.url), stopping.signal, onError);
    agenda = new Agenda({ backend, name: deps.owner, processEvery: POLL_MS, defaultLockLifetime });
    agenda.on('error', onError);
    for (const definition of definitions) define(agenda, definition, telling(tick), running, onError);
    await agenda.start();
    unrefWatch(agenda);
    for (const { name, schedule } of definitions) await agenda.every(schedule, name, undefined, { timezone: 'UTC' });
    worked();
  };
  return {
    start: (definitions, tick) => {
      starting = patiently(() => run(definitions, tick), stopping.signal, onError);
      return starting;
    },
    fire: async (name) => {
      await agenda?.now(name).then(worked);
    },
    stop: async () => {
      stopping.abort();
      await starting;
      await agenda?.stop(true).catch(onError);
      await Promise.allSettled(running);
      // Agenda unlocks a timer just after its tick.
      await setImmediate();
      await pool?.end();
    },
  };
}

/** Its store's errors, told once until it works again, and no more once the hub stops. */
function watchStore(log: Logger, mongo: boolean, stopping: AbortSignal) {
  const outage = createOutageLog(log, `Keeping time for jobs${mongo ? ' at JOBS_URL' : ''}, without which none runs,`);
  const onError = (error: unknown) => {
    if (!stopping.aborted) outage.failed(error);
  };
  const telling =
    (tick: Tick): Tick =>
    (...given) => {
      outage.worked();
      return tick(...given);
    };
  return { onError, worked: outage.worked, telling };
}

function define(
  agenda: Agenda,
  definition: JobDefinition,
  tick: Tick,
  running: Set<Promise<void>>,
  onError: (error: unknown) => void,
): void {
  const ticked = async (job: Job) => {
    await tick(definition, () => job.touch().catch(onError));
    if (!job.attrs.repeatInterval) await job.remove();
  };
  agenda.define(
    definition.name,
    async (job) => {
      const ticking = ticked(job);
      running.add(ticking);
      await ticking.finally(() => running.delete(ticking));
    },
    { concurrency: 1, backoff: backoffStrategies.exponential({ delay: 1_000, maxRetries: 10 }) },
  );
}

/** Its own pool: a shared one hands out timestamps as text, and a lost connection without a listener ends the process. */
function createPool(url: string, onError: (error: unknown) => void): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}

function onPostgres(pool: pg.Pool, onError: (error: unknown) => void): AgendaBackend {
  const backend = new PostgresBackend({ pool, tableName: NAME, channelName: NAME, logTableName: `${NAME}_log` });
  // It is an emitter, although its type does not say so; an error that nobody hears would end the process.
  (backend.notificationChannel as unknown as NodeJS.EventEmitter).on('error', onError);
  return backend;
}

/** Its driver is loaded only where it is asked for. */
async function onMongo(address: string): Promise<AgendaBackend> {
  const { MongoBackend } = await import('@agendajs/mongo-backend');
  const options = { serverSelectionTimeoutMS: MONGO_PATIENCE_MS };
  return new MongoBackend({ address, options, collection: NAME, logCollection: `${NAME}_log` });
}

/** Agenda waits for neither of these, so that their failure would end the process. */
function toughen(backend: AgendaBackend, stopping: AbortSignal, onError: (error: unknown) => void): AgendaBackend {
  const connect = backend.connect.bind(backend);
  backend.connect = () => patiently(connect, stopping, onError);
  const { repository } = backend;
  const unlock = repository.unlockJob.bind(repository);
  repository.unlockJob = (job) => unlock(job).catch(onError);
  return backend;
}
