import type pg from 'pg';
import { NEXT_DUE } from './sql/next-due.js';
import type { Targets } from './targets.js';

/** Wakes the dispatcher at the moment at which the next lane becomes due. */
export interface DueTimer {
  /** Looks up that moment; asked often, it looks once in 10 ms. */
  lookSoon(): void;
  stop(): void;
}

export interface DueTimerDeps {
  pool: pg.Pool;
  targets: Targets;
  /** What becomes due later than this is left to the poll. */
  horizonMs: number;
  onDue(): void;
}

const LOOK_MS = 10;

export function createDueTimer({ pool, targets, horizonMs, onDue }: DueTimerDeps): DueTimer {
  let look: NodeJS.Timeout | undefined;
  let due: NodeJS.Timeout | undefined;
  let stopped = false;
  const wait = async () => {
    const ms = await nextDue(pool, targets, horizonMs).catch(() => null);
    if (ms === null || stopped) return;
    clearTimeout(due);
    due = setTimeout(onDue, Math.max(1, Math.ceil(ms)));
  };
  return {
    lookSoon: () => {
      if (stopped) return;
      look ??= setTimeout(() => {
        look = undefined;
        void wait();
      }, LOOK_MS);
    },
    stop: () => {
      stopped = true;
      clearTimeout(look);
      clearTimeout(due);
    },
  };
}

/** Milliseconds until something can be claimed; null: nothing within the horizon. */
async function nextDue(pool: pg.Pool, targets: Targets, horizonMs: number): Promise<number | null> {
  const list = targets.list();
  const values = [
    list.map(({ integrationId }) => integrationId),
    list.map(({ policy }) => policy.ratePerSecond),
    horizonMs,
  ];
  const { rows } = await pool.query<{ ms: number | null }>({ name: 'outbox-next-due', text: NEXT_DUE, values });
  return rows[0]?.ms ?? null;
}
