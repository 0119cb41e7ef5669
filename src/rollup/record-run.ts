import type { Sql } from '../db/database.js';
import type { ErrorCode } from '../errors.js';
import { bucketSql } from './buckets.js';
import { ADD_TO_ROLLUPS, INTO_ROLLUPS, PERIODS } from './rollup-columns.js';

/** Work that is no attempt of a sync event but is measured like one, e.g. asking for the status of all open orders. */
export interface Run {
  integrationId: string;
  /** kebab-case, e.g. `check-status`. */
  name: string;
  /** Null: it went well. */
  errorCode: ErrorCode | null;
  durationMs: number;
  /** What it got done, e.g. `{ polled: 120, changed: 3 }`. */
  counts: Readonly<Record<string, number>>;
}

const RECORD_RUN = `${INTO_ROLLUPS}
select $1, p.period, date_trunc(p.unit, now()), 'RUN', '', $2, case when $3 = '' then 'SUCCESS' else 'FAILED' end, $3, 0,
  ${bucketSql('$4::bigint')}, 1, $4::bigint, 0, 0
from ${PERIODS} ${ADD_TO_ROLLUPS}`;

const RECORD_COUNTS = `${INTO_ROLLUPS}
select c.integration, p.period, date_trunc(p.unit, now()), 'COUNT', '', c.name, '', '', 0, 0, c.amount, 0, 0, 0
from unnest($1::text[], $2::text[], $3::bigint[]) as c (integration, name, amount) cross join ${PERIODS}
order by 1, 2, 6 ${ADD_TO_ROLLUPS}`;

/** Adds a run to the roll-ups. */
export async function recordRun(sql: Sql, { integrationId, name, errorCode, durationMs, counts }: Run): Promise<void> {
  await sql(RECORD_RUN, [integrationId, name, errorCode ?? '', Math.round(durationMs)]);
  const amounts = Object.entries(counts).map(([what, amount]) => ({ integrationId, name: `${name}.${what}`, amount }));
  await recordCounts(sql, amounts);
}

/** So many more of something. */
export interface Count {
  integrationId: string;
  /** e.g. `cache.hit`. */
  name: string;
  amount: number;
}

/** Adds to counters; each integration and name once in a call. */
export async function recordCounts(sql: Sql, counts: readonly Count[]): Promise<void> {
  const some = counts.filter(({ amount }) => amount > 0);
  if (some.length === 0) return;
  const columns = [some.map((one) => one.integrationId), some.map((one) => one.name), some.map((one) => one.amount)];
  await sql(RECORD_COUNTS, columns);
}
