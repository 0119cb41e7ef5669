import type { Logger } from 'pino';
import type { Sql } from '../db/database.js';
import { audit, type NewAuditEntry } from './audit.js';

/** Who was refused for asking too often. */
export type LimitedCaller = Pick<NewAuditEntry, 'actor' | 'actorRole' | 'merchantId'> & { address?: string };

/** Writes down who asks too often: one entry a caller and minute, with how often it was refused. */
export interface LimitedCallers {
  /** Costs an addition in memory. */
  note(who: LimitedCaller): void;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

const WRITTEN_EVERY_MS = 60_000;
/** A flood from many addresses leaves a trace as well: those beyond share one entry. */
const MOST_CALLERS = 100;
const OTHERS: LimitedCaller = { actor: 'anonymous' };

interface Noted extends LimitedCaller {
  from: Date;
  count: number;
}

/** @param everyMs after the first refusal of a round; default a minute */
export function createLimitedCallers(sql: Sql, logger: Logger, everyMs = WRITTEN_EVERY_MS): LimitedCallers {
  let round = new Map<string, Noted>();
  let timer: NodeJS.Timeout | undefined;
  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    const noted = round;
    round = new Map();
    for (const one of noted.values())
      await audit(sql, entryOf(one)).catch((err: unknown) => logger.warn({ err }, 'refused requests not audited'));
  };
  return {
    flush,
    note(who) {
      const isKnown = round.has(keyOf(who)) || round.size < MOST_CALLERS;
      const key = keyOf(isKnown ? who : OTHERS);
      const noted = round.get(key) ?? { ...(isKnown ? who : OTHERS), from: new Date(), count: 0 };
      noted.count += 1;
      round.set(key, noted);
      timer ??= setTimeout(() => void flush(), everyMs).unref();
    },
  };
}

const keyOf = ({ actor, merchantId, address }: LimitedCaller) => JSON.stringify([actor, merchantId, address]);

function entryOf({ from, count, address, ...who }: Noted): NewAuditEntry {
  const details = { count, address: address ?? null, from: from.toISOString(), to: new Date().toISOString() };
  return { ...who, action: 'request.limit', outcome: 'REFUSED', details };
}
