import type { Sql } from '../db/database.js';

/** Roll-ups of a time, summed over everything but what tells them apart. */
export interface RollupRow {
  source: 'ATTEMPT' | 'WEBHOOK' | 'RUN' | 'COUNT' | 'CALL';
  entityType: string;
  /** Of an attempt; the name of a run or a counter. */
  operation: string;
  outcome: string;
  errorCode: string;
  /** 0: there was no answer. */
  httpStatus: number;
  bucket: number;
  count: number;
  sumMs: number;
  /** First attempts among them, and how long those had waited. */
  firstCount: number;
  waitMs: number;
}

/** Null: any. */
export interface RollupSelection {
  integrationId: string | null;
  merchantId: string | null;
  connector: string | null;
  /** Of these connectors nothing is selected. */
  hidden: readonly string[];
  /** ISO 8601. Whole hours, and whole days where hours are merged already: those that begin in this time. */
  from: string;
  to: string;
}

/** Values: of {@link valuesOf}. */
export const SELECTED = `from metric_rollups r join integrations i on i.id = r.integration_id
where r.period in ('HOUR', 'DAY') and r.at >= date_trunc(lower(r.period), $1::timestamptz) and r.at < $2
  and ($3::text is null or r.integration_id = $3) and ($4::text is null or i.merchant_id = $4)
  and ($5::text is null or i.connector = $5) and i.connector <> all ($6)`;

const FIGURES = `
  source, entity_type as "entityType", operation, outcome, error_code as "errorCode", http_status as "httpStatus", bucket,
  sum(count)::float8 as count, sum(sum_ms)::float8 as "sumMs", sum(first_count)::float8 as "firstCount",
  sum(wait_ms)::float8 as "waitMs"`;
const READ = `select ${FIGURES} ${SELECTED} group by 1, 2, 3, 4, 5, 6, 7`;
const READ_PERIODS = `select to_json(date_trunc($7, r.at, 'UTC')) #>> '{}' as period, ${FIGURES}
${SELECTED} group by 1, 2, 3, 4, 5, 6, 7, 8 order by 1`;

const READ_COURSE = `
select to_json(r.at) #>> '{}' as at, r.period, coalesce(sum(count) filter (where outcome = 'SUCCESS'), 0)::int as success,
  coalesce(sum(count) filter (where outcome = 'RETRYING'), 0)::int as retried,
  coalesce(sum(count) filter (where outcome = 'FAILED'), 0)::int as failed,
  (sum(sum_ms)::float8 / sum(count)) as "averageMs"
${SELECTED} and r.source = 'ATTEMPT' group by r.at, r.period order by r.at, r.period`;

export const valuesOf = ({ from, to, integrationId, merchantId, connector, hidden }: RollupSelection) => [
  ...[from, to, integrationId, merchantId, connector],
  hidden,
];

export function readRollups(sql: Sql, selection: RollupSelection): Promise<RollupRow[]> {
  return sql<RollupRow>(READ, valuesOf(selection));
}

/** Roll-ups of each period that has any, by its beginning in ISO 8601; weeks begin on Monday. */
export async function readPeriods(
  sql: Sql,
  selection: RollupSelection,
  period: 'day' | 'week',
): Promise<Map<string, RollupRow[]>> {
  const rows = await sql<RollupRow & { period: string }>(READ_PERIODS, [...valuesOf(selection), period]);
  return Map.groupBy(rows, (row) => row.period);
}

/** One hour, or one day. */
export interface CoursePoint {
  at: string;
  period: 'HOUR' | 'DAY';
  success: number;
  retried: number;
  failed: number;
  averageMs: number;
}

/** Attempts hour by hour; hours without any are left out. */
export function readCourse(sql: Sql, selection: RollupSelection): Promise<CoursePoint[]> {
  return sql<CoursePoint>(READ_COURSE, valuesOf(selection));
}
