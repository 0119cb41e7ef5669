import type { Sql } from '../db/database.js';
import { ADD_TO_ROLLUPS, INTO_ROLLUPS, PERIODS } from './rollup-columns.js';

/** Requests to one system that ended alike. */
export interface CallCount {
  integrationId: string;
  /** HTTP status; 0: there was no answer. */
  status: number;
  /** Why there was none; else empty. */
  errorCode: string;
  /** Of the histogram of durations. */
  bucket: number;
  count: number;
  sumMs: number;
}

const RECORD = `${INTO_ROLLUPS}
select c.integration, p.period, date_trunc(p.unit, now()), 'CALL', '', '', case when c.status between 200 and 399 then 'SUCCESS'
  else 'FAILED' end, c.error, c.status, c.bucket, c.count, c.ms, 0, 0
from unnest($1::text[], $2::int[], $3::text[], $4::smallint[], $5::bigint[], $6::bigint[])
  as c (integration, status, error, bucket, count, ms) cross join ${PERIODS}
order by 1, 2, 8, 9, 10 ${ADD_TO_ROLLUPS}`;

/** Adds requests to the roll-ups; each integration, status, error and bucket once in a call. */
export async function recordCalls(sql: Sql, calls: readonly CallCount[]): Promise<void> {
  if (calls.length === 0) return;
  await sql(RECORD, [
    calls.map(({ integrationId }) => integrationId),
    calls.map(({ status }) => status),
    calls.map(({ errorCode }) => errorCode),
    calls.map(({ bucket }) => bucket),
    calls.map(({ count }) => count),
    calls.map(({ sumMs }) => Math.round(sumMs)),
  ]);
}
