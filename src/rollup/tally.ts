import type { Logger } from 'pino';
import type { Sql } from '../db/database.js';
import { bucketOf } from './buckets.js';
import { type CallCount, recordCalls } from './record-calls.js';
import { type Count, recordCounts } from './record-run.js';

/** Counts what happens too often for a statement each, such as reads from a cache. */
export interface Tally {
  /** Costs an addition in memory. `name`: `cache.hit`, `cache.miss`, … */
  add(integrationId: string, name: string, amount?: number): void;
  /** One request to an integration's system. `status` 0: there was no answer; `errorCode` empty unless it could not be judged. */
  called(integrationId: string, call: { status: number; errorCode: string; durationMs: number }): void;
  /** Writes what was counted until now; what is being written already is waited for. */
  flush(): Promise<void>;
  start(): void;
  /** Writes what is left. */
  stop(): Promise<void>;
}

/** A process that is killed loses the counts of so long. */
const FLUSH_MS = 5_000;

export function createTally({ sql, log }: { sql: Sql; log: Logger }): Tally {
  const counts = createSums<Count>(
    ({ integrationId, name }) => `${integrationId} ${name}`,
    (known, more) => ({ ...known, amount: known.amount + more.amount }),
  );
  const calls = createSums<CallCount>(
    ({ integrationId, status, errorCode, bucket }) => `${integrationId} ${status} ${errorCode} ${bucket}`,
    (known, more) => ({ ...known, count: known.count + more.count, sumMs: known.sumMs + more.sumMs }),
  );
  let timer: NodeJS.Timeout | undefined;
  const write = async <T>(sums: Sums<T>, record: (sql: Sql, taken: T[]) => Promise<void>) => {
    const taken = sums.take();
    await record(sql, taken).catch((err: unknown) => {
      log.debug({ err }, 'counts not written; they are kept');
      for (const one of taken) sums.add(one);
    });
  };
  let writing = Promise.resolve();
  const flush = () => {
    writing = writing.then(async () => {
      await write(counts, recordCounts);
      await write(calls, recordCalls);
    });
    return writing;
  };
  return {
    add: (integrationId, name, amount = 1) => counts.add({ integrationId, name, amount }),
    called: (integrationId, { status, errorCode, durationMs: sumMs }) =>
      calls.add({ integrationId, status, errorCode, bucket: bucketOf(sumMs), count: 1, sumMs }),
    flush,
    start: () => {
      timer = setInterval(() => void flush(), FLUSH_MS);
    },
    stop: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

interface Sums<T> {
  add(one: T): void;
  take(): T[];
}

function createSums<T>(keyOf: (one: T) => string, join: (known: T, more: T) => T): Sums<T> {
  let sums = new Map<string, T>();
  return {
    add(one) {
      const known = sums.get(keyOf(one));
      sums.set(keyOf(one), known ? join(known, one) : one);
    },
    take() {
      const taken = [...sums.values()];
      sums = new Map();
      return taken;
    },
  };
}
