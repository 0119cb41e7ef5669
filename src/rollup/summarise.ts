import { ERRORS, type ErrorCategory, type ErrorCode } from '../errors.js';
import { quantile } from './buckets.js';
import type { RollupRow } from './read-rollups.js';

/** How long something took, in milliseconds; null where there was none. Quantiles are exact to a quarter. */
export interface Timing {
  count: number;
  averageMs: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

/** What became of attempts, with shares from 0 to 1; a share is null where there was nothing. */
export interface Outcomes {
  attempts: number;
  success: number;
  /** Failed, and tried again. */
  retried: number;
  /** Failed for good. */
  failed: number;
  /** Of what ended: success by success and failed. */
  successRate: number | null;
  /** Attempts that were tried again, of all attempts. */
  retryRate: number | null;
  /** Attempts that did not succeed, of all attempts. */
  errorRate: number | null;
  /** From the acceptance of a sync event to its first attempt, on average. */
  queueWaitMs: number | null;
  durationMs: Timing;
}

export function outcomesOf(rows: readonly RollupRow[]): Outcomes {
  const of = (outcome: string) => total(rows.filter((row) => row.outcome === outcome));
  const [attempts, success, retried, failed] = [total(rows), of('SUCCESS'), of('RETRYING'), of('FAILED')];
  return {
    attempts,
    success,
    retried,
    failed,
    successRate: share(success, success + failed),
    retryRate: share(retried, attempts),
    errorRate: share(attempts - success, attempts),
    queueWaitMs: share(sum(rows, 'waitMs'), sum(rows, 'firstCount')),
    durationMs: timingOf(rows),
  };
}

export function timingOf(rows: readonly RollupRow[]): Timing {
  const histogram = new Map<number, number>();
  for (const { bucket, count } of rows) histogram.set(bucket, (histogram.get(bucket) ?? 0) + count);
  const at = (of: number) => rounded(quantile(histogram, of));
  const count = total(rows);
  return {
    count,
    averageMs: rounded(share(sum(rows, 'sumMs'), count)),
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
  };
}

type Coded = Pick<RollupRow, 'errorCode' | 'count'>;

/** How often one error code, or HTTP status, came, and its share of all attempts. */
export interface ErrorShare {
  code: string;
  category: ErrorCategory | null;
  count: number;
  rate: number;
}

export function errorsOf(rows: readonly Coded[]): ErrorShare[] {
  const failed = rows.filter(({ errorCode }) => errorCode !== '');
  const all = total(rows);
  return Object.entries(Object.groupBy(failed, ({ errorCode }) => errorCode))
    .map(([code, group = []]) => ({
      code,
      category: code in ERRORS ? ERRORS[code as ErrorCode].category : null,
      count: total(group),
      rate: total(group) / all,
    }))
    .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));
}

/** How often errors of one category came. */
export interface CategoryShare {
  category: ErrorCategory;
  count: number;
  rate: number;
}

export function categoriesOf(rows: readonly Coded[]): CategoryShare[] {
  const codes = errorsOf(rows).filter((one) => one.category !== null);
  const groups = Object.entries(Object.groupBy(codes, ({ category }) => category ?? ''));
  return groups.map(([category, group = []]) => ({
    category: category as ErrorCategory,
    count: group.reduce((count, one) => count + one.count, 0),
    rate: group.reduce((rate, one) => rate + one.rate, 0),
  }));
}

export interface StatusShare {
  /** Null: there was no answer. */
  status: number | null;
  count: number;
  rate: number;
}

export function httpStatusesOf(rows: readonly RollupRow[]): StatusShare[] {
  const all = total(rows);
  return Object.entries(Object.groupBy(rows, ({ httpStatus }) => httpStatus)).map(([status, group = []]) => ({
    status: Number(status) || null,
    count: total(group),
    rate: total(group) / all,
  }));
}

export const total = (rows: readonly Pick<RollupRow, 'count'>[]) => rows.reduce((all, { count }) => all + count, 0);

/** Null: of nothing. */
export const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);

function sum(rows: readonly RollupRow[], field: 'sumMs' | 'firstCount' | 'waitMs'): number {
  return rows.reduce((amount, row) => amount + row[field], 0);
}

const rounded = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10);
