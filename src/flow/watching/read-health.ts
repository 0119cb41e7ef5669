import { HubError } from '../../errors.js';
import { Health } from '../../model/statuses.js';
import type { QueueState } from '../../outbox/queue-states.js';
import type { InstanceLoad, SystemLoad } from '../../rollup/report-load.js';
import type { JobState } from '../jobs/job-runner.js';

/** `starting` until the migrations are done and everything runs; `draining` from the first signal to stop. */
export type Phase = 'starting' | 'ready' | 'draining';

/** The hub and everything that it depends on. Nothing here tells whose it is: anybody may see it. */
export interface SystemHealth {
  status: 'HEALTHY' | 'DEGRADED';
  /** Of the instance that answers, as its uptime. */
  phase: Phase;
  uptimeSeconds: number;
  components: {
    database: { health: 'HEALTHY'; latencyMs: number; connections: number };
    queue: { active: number; retrying: number; deadLetters: number; overdueMs: number };
    jobs: JobsHealth;
    dispatcher: DispatcherHealth;
    instances: InstanceLoad[];
    upstreams: UpstreamHealth[];
  };
}

export interface JobsHealth {
  /** DEGRADED: the last run of one failed, or one does not run although it is its time. */
  health: 'HEALTHY' | 'DEGRADED';
  total: number;
  running: number;
  paused: number;
  /** Names of those whose last run failed, or whose instance died. */
  failed: string[];
  /** Names of those that should have run a minute ago: no worker is there, or what keeps time for them is away. */
  overdue: string[];
}

export interface DispatcherHealth {
  /** DOWN: nothing is sent, because no instance does. */
  health: 'HEALTHY' | 'DOWN';
  /** That send. */
  instances: number;
}

/** One kind of upstream system. */
export interface UpstreamHealth {
  connector: string;
  /** The worst of its integrations. */
  health: Health;
  integrations: number;
  openCircuits: number;
  /** When the least recently checked one was checked, ISO 8601; null: one never was. */
  checkedAt: string | null;
}

/** What is dear to read may answer the same to several requests within seconds. */
export interface HealthDeps {
  /** Fails while the database is away, or takes no writes. */
  pingDatabase(): Promise<unknown>;
  readQueueStates(): Promise<readonly QueueState[]>;
  readSystemLoad(): Promise<SystemLoad>;
  listJobs(): Promise<readonly JobState[]>;
  countDispatchers(): Promise<number>;
  phase(): Phase;
}

/** Longer than this is away: probes have timeouts of their own. */
const PING_MS = 2_000;
/** Timers may fire late, and what a dead instance has left is taken over within half a minute. */
const OVERDUE_MS = 60_000;
const WORST_FIRST: readonly Health[] = ['DOWN', 'DEGRADED', 'UNKNOWN', 'HEALTHY'];

/** @throws HubError DATABASE_UNAVAILABLE */
export async function readHealth(deps: HealthDeps): Promise<SystemHealth> {
  const latencyMs = await requireDatabase(deps);
  const [states, load, jobs, dispatchers] = await Promise.all([
    deps.readQueueStates(),
    deps.readSystemLoad(),
    deps.listJobs(),
    deps.countDispatchers(),
  ]);
  const upstreams = groupByConnector(states);
  const jobsHealth = jobsOf(jobs);
  const isTroubled = upstreams.some(({ health }) => health === 'DOWN' || health === 'DEGRADED');
  const isIdle = dispatchers === 0 || jobsHealth.overdue.length > 0;
  return {
    status: isTroubled || isIdle || deps.phase() !== 'ready' ? 'DEGRADED' : 'HEALTHY',
    phase: deps.phase(),
    uptimeSeconds: Math.round(process.uptime()),
    components: {
      database: { health: 'HEALTHY', latencyMs, connections: load.databaseConnections },
      queue: queueOf(states),
      jobs: jobsHealth,
      dispatcher: { health: dispatchers > 0 ? 'HEALTHY' : 'DOWN', instances: dispatchers },
      instances: load.instances,
      upstreams,
    },
  };
}

/** Milliseconds that the database took to answer. @throws HubError DATABASE_UNAVAILABLE */
export async function requireDatabase({ pingDatabase }: Pick<HealthDeps, 'pingDatabase'>): Promise<number> {
  const startedAt = performance.now();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer for ${PING_MS} ms`)), PING_MS);
  try {
    await Promise.race([pingDatabase(), late]);
    return Math.round(performance.now() - startedAt);
  } catch (cause) {
    const message = 'The database does not answer, or takes no writes; the hub goes on when it does.';
    throw new HubError('DATABASE_UNAVAILABLE', message, { cause });
  } finally {
    clearTimeout(timer);
  }
}

function queueOf(states: readonly QueueState[]): SystemHealth['components']['queue'] {
  const sum = (read: (state: QueueState) => number) => states.reduce((total, state) => total + read(state), 0);
  return {
    active: sum(({ active }) => active),
    retrying: sum(({ retrying }) => retrying),
    deadLetters: sum(({ deadLetters }) => deadLetters),
    overdueMs: Math.round(Math.max(0, ...states.map(({ overdueMs }) => overdueMs))),
  };
}

function jobsOf(jobs: readonly JobState[]): JobsHealth {
  const failed = jobs.filter(({ lastOutcome }) => lastOutcome === 'FAILED' || lastOutcome === 'ABANDONED');
  const latest = Date.now() - OVERDUE_MS;
  const overdue = jobs.filter(({ running, nextRunAt }) => !running && nextRunAt && nextRunAt.getTime() < latest);
  return {
    health: failed.length + overdue.length > 0 ? 'DEGRADED' : 'HEALTHY',
    total: jobs.length,
    running: jobs.filter(({ running }) => running).length,
    paused: jobs.filter(({ paused }) => paused).length,
    failed: failed.map(({ name }) => name),
    overdue: overdue.map(({ name }) => name),
  };
}

function groupByConnector(states: readonly QueueState[]): UpstreamHealth[] {
  return Object.entries(Object.groupBy(states, (state) => state.connector)).map(([connector, group = []]) => ({
    connector,
    health: WORST_FIRST.find((health) => group.some((state) => state.health === health)) ?? 'UNKNOWN',
    integrations: group.length,
    openCircuits: group.filter((state) => state.circuit !== 'CLOSED').length,
    checkedAt: earliest(group.map((state) => state.checkedAt)),
  }));
}

function earliest(times: (string | null)[]): string | null {
  const [first] = times.sort();
  return times.includes(null) || first == null ? null : new Date(first).toISOString();
}
