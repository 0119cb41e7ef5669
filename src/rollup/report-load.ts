import { availableParallelism, hostname, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Logger } from 'pino';
import type { Sql } from '../db/database.js';

const EVERY_MS = 15_000;
const REPORT = `insert into instance_loads (owner, memory_ratio, memory_bytes, cpu_ratio) values ($1, $2, $3, $4)
on conflict (owner) do update set memory_ratio = excluded.memory_ratio, memory_bytes = excluded.memory_bytes,
  cpu_ratio = excluded.cpu_ratio, at = now()`;
const FORGET = `delete from instance_loads where owner = $1 or at < now() - interval '1 day'`;

/** What one instance of the hub uses. */
export interface InstanceLoad {
  /** `host:pid` */
  instance: string;
  /** Of what it may have, 0 to 1. */
  memoryRatio: number;
  memoryBytes: number | null;
  /** Of all processors, 0 to 1, since its last report. */
  cpuRatio: number | null;
  /** ISO 8601, UTC. */
  reportedAt: string;
}

/** What the whole hub uses. */
export interface SystemLoad {
  /** Those that have reported within a minute. */
  instances: InstanceLoad[];
  databaseConnections: number;
}

const READ_INSTANCES = `select owner as instance, memory_ratio as "memoryRatio", memory_bytes::float8 as "memoryBytes",
  cpu_ratio as "cpuRatio", to_json(at) #>> '{}' as "reportedAt"
from instance_loads where at > now() - interval '1 minute' order by owner`;
const READ_CONNECTIONS = `select count(*)::int as count from pg_stat_activity where datname = current_database()`;

export async function readSystemLoad(sql: Sql): Promise<SystemLoad> {
  const [instances, connections] = await Promise.all([
    sql<InstanceLoad>(READ_INSTANCES),
    sql<{ count: number }>(READ_CONNECTIONS),
  ]);
  return { instances, databaseConnections: connections[0]?.count ?? 0 };
}

/** Tells the database now and then what this process uses, for the alert on it and for the figures. */
export function createLoadReport({ sql, log }: { sql: Sql; log: Logger }): { start(): void; stop(): Promise<void> } {
  const owner = `${hostname()}:${process.pid}`;
  const cpuRatio = watchCpu();
  const report = () =>
    sql(REPORT, [owner, memoryRatio(), process.memoryUsage.rss(), cpuRatio()]).catch((err: unknown) =>
      log.debug({ err }, 'load not reported'),
    );
  let timer: NodeJS.Timeout | undefined;
  return {
    start: () => {
      void report();
      timer = setInterval(() => void report(), EVERY_MS);
    },
    stop: async () => {
      clearInterval(timer);
      await sql(FORGET, [owner]).catch(() => {});
    },
  };
}

/** Of what the process may have, or of its heap's limit, whichever is nearer: 0 to 1. */
function memoryRatio(): number {
  const constrained = process.constrainedMemory();
  const limit = constrained > 0 && constrained < totalmem() ? constrained : totalmem();
  const { used_heap_size: used, heap_size_limit: most } = getHeapStatistics();
  return Math.max(process.memoryUsage.rss() / limit, used / most);
}

/** Each call answers what was used since the one before. */
function watchCpu(): () => number {
  let before = { usage: process.cpuUsage(), at: performance.now() };
  return () => {
    const { user, system } = process.cpuUsage(before.usage);
    const elapsedMs = Math.max(1, performance.now() - before.at);
    before = { usage: process.cpuUsage(), at: performance.now() };
    return Math.min(1, (user + system) / 1000 / elapsedMs / availableParallelism());
  };
}
