import type { Caller } from '../../access/caller.js';
import { sqlOn } from '../../db/database.js';
import { HubError } from '../../errors.js';
import { type Figures, figuresOf } from '../../rollup/figures.js';
import { readPeriods } from '../../rollup/read-rollups.js';
import { askedPeriod } from '../asked-period.js';
import type { Services } from '../services.js';
import type { MetricsRequest } from './read-metrics.js';
import { selectRollups } from './select-rollups.js';

export const SummaryPeriod = { DAY: 'DAY', WEEK: 'WEEK' } as const;
export type SummaryPeriod = keyof typeof SummaryPeriod;

/** The figures of one day, or of one week from Monday, in UTC. */
export interface MetricsOfPeriod extends Figures {
  from: string;
  /** Of one that is not over, now. */
  to: string;
}

const DAY_MS = 86_400_000;
const PERIODS = { DAY: { unit: 'day', lengthMs: DAY_MS }, WEEK: { unit: 'week', lengthMs: 7 * DAY_MS } } as const;
const PERIODS_BY_DEFAULT = 12;
const MOST_PERIODS = 400;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/**
 * From the roll-ups, which are kept after the events are gone; by default of the last 12 periods. Those without anything are
 * left out.
 * @throws HubError NOT_FOUND for an integration that is not there or not the caller's, BAD_USER_INPUT
 */
export async function readSummaries(
  services: Services,
  caller: Caller,
  period: SummaryPeriod,
  request: MetricsRequest,
): Promise<MetricsOfPeriod[]> {
  const { unit, lengthMs } = PERIODS[period];
  const asked = askedPeriod(request, PERIODS_BY_DEFAULT * lengthMs);
  if (Date.parse(asked.to) - Date.parse(asked.from) > MOST_PERIODS * lengthMs)
    throw new HubError('BAD_USER_INPUT', `Ask for at most ${MOST_PERIODS} periods at once.`, { path: ['from'] });
  const time = { from: beginOf(asked.from, period), to: asked.to };
  const selection = await selectRollups(services, caller, request, time);
  const periods = await readPeriods(sqlOn(services.db.pool), selection, unit);
  return [...periods].map(([at, rows]) => {
    const begin = Date.parse(at);
    const end = Math.min(begin + lengthMs, Date.parse(time.to));
    return { from: textOf(begin), to: textOf(end), ...figuresOf(rows, (end - begin) / 60_000) };
  });
}

/** Of the period in which this lies: it counts as a whole. */
function beginOf(time: string, period: SummaryPeriod): string {
  const { lengthMs } = PERIODS[period];
  const ms = Date.parse(time) - FIRST_MONDAY_MS;
  return textOf(FIRST_MONDAY_MS + Math.floor(ms / lengthMs) * lengthMs);
}

const textOf = (ms: number) => new Date(ms).toISOString();
