import { hostname, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Logger } from 'pino';
import type { Sql } from '../db/database.js';

const EVERY_MS = 15_000;
const REPORT = `insert into instance_loads (owner, memory_ratio) values ($1, $2)
on conflict (owner) do update set memory_ratio = excluded.memory_ratio, at = now()`;
const FORGET = `delete from instance_loads where owner = $1 or at < now() - interval '1 day'`;

/** Tells the database now and then how full this process's memory is, for the alert on it. */
export function createLoadReport({ sql, log }: { sql: Sql; log: Logger }): { start(): void; stop(): Promise<void> } {
  const owner = `${hostname()}:${process.pid}`;
  const report = () =>
    sql(REPORT, [owner, memoryRatio()]).catch((err: unknown) => log.debug({ err }, 'load not reported'));
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
