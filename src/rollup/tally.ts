import type { Logger } from 'pino';
import type { Sql } from '../db/database.js';
import { type Count, recordCounts } from './record-run.js';

/** Counts what happens too often for a statement each, such as reads from a cache. */
export interface Tally {
  /** Costs an addition in memory. `name`: `cache.hit`, `cache.miss`, … */
  add(integrationId: string, name: string, amount?: number): void;
  start(): void;
  /** Writes what is left. */
  stop(): Promise<void>;
}

/** A process that is killed loses the counts of so long. */
const FLUSH_MS = 5_000;

export function createTally({ sql, log }: { sql: Sql; log: Logger }): Tally {
  let counts = new Map<string, Count>();
  let timer: NodeJS.Timeout | undefined;
  const add: Tally['add'] = (integrationId, name, amount = 1) => {
    const key = `${integrationId} ${name}`;
    const known = counts.get(key);
    if (known) known.amount += amount;
    else counts.set(key, { integrationId, name, amount });
  };
  const flush = async () => {
    const taken = [...counts.values()];
    counts = new Map();
    await recordCounts(sql, taken).catch((err: unknown) => {
      log.debug({ err }, 'counts not written; they are kept');
      for (const { integrationId, name, amount } of taken) add(integrationId, name, amount);
    });
  };
  return {
    add,
    start: () => {
      timer = setInterval(() => void flush(), FLUSH_MS);
    },
    stop: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}
