import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Tx } from '../db/database.js';
import { bucketSql } from './buckets.js';
import { ADD_TO_ROLLUPS, INTO_ROLLUPS, PERIODS } from './rollup-columns.js';

/** Transactions that one statement looks at, so that none runs long: a long one would slow every claim. */
const STEP = 20_000;
const PAUSE_MS = 20;

const OURS = `cluster = (
  select format('%s/%s', (select system_identifier from pg_control_system()), oid)
  from pg_database where datname = current_database())`;

const LOCK = `
select pg_snapshot_xmin(snapshot)::text as "from", (pg_snapshot_xmax(snapshot)::text::bigint + ${STEP})::text as "to",
  snapshot::text
from metric_watermark where ${OURS} for no key update skip locked`;

const ATTEMPTS = `
select e.integration_id, a.started_at as at, 'ATTEMPT' as source, e.entity_type, e.operation,
  coalesce(a.led_to, case a.outcome when 'DELIVERED' then 'SUCCESS' when 'RETRY' then 'RETRYING' else 'FAILED' end) as outcome,
  coalesce(a.error_code, '') as error_code, coalesce(a.http_status, 0) as http_status,
  coalesce(a.duration_ms, 0) as ms, (a.number = 1)::int as first,
  case when a.number = 1 then greatest(0, extract(epoch from a.started_at - e.created_at) * 1000) else 0 end as wait_ms
from sync_attempts a join sync_events e on e.id = a.sync_event_id`;

const WEBHOOKS = `
select w.integration_id, case when w.status = 'PROCESSED' then coalesce(w.processed_at, w.created_at) else w.created_at end,
  'WEBHOOK', coalesce(w.entity_type, ''), '', case when w.error_code = 'UNKNOWN_ENTITY' then 'WAITING' else w.status end,
  coalesce(w.error_code, ''), 0, 0, 0, 0
from webhook_events w`;

/** Committed since the watermark `$3`, by transactions from `$1` up to `$2`. */
const fresh = (xid: string) =>
  `where ${xid} >= $1::bigint and ${xid} < $2::bigint and not pg_visible_in_snapshot(${xid}::text::xid8, $3::pg_snapshot)`;

/**
 * The new watermark is this statement's snapshot, cut off at `$2`: exactly what it can see of the transactions before
 * that. Whatever commits later is not visible in it and is counted next time, however long it took.
 */
const COUNT = `
with fresh as materialized (
  ${ATTEMPTS} ${fresh('a.xid')}
  union all
  ${WEBHOOKS} ${fresh('w.xid')}
), counted as (
  ${INTO_ROLLUPS}
  select integration_id, p.period, date_trunc(p.unit, at), source, entity_type, operation, outcome, error_code, http_status,
    ${bucketSql('ms')}, count(*), sum(ms), sum(first), sum(wait_ms)
  from fresh cross join ${PERIODS} group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 order by 1, 2, 3
  ${ADD_TO_ROLLUPS}
)
update metric_watermark set rolled_at = now(), snapshot = format('%s:%s:%s',
    least(pg_snapshot_xmin(pg_current_snapshot())::text::bigint, b.cut), b.cut,
    (select string_agg(x::text, ',' order by x) from pg_snapshot_xip(pg_current_snapshot()) x where x::text::bigint < b.cut)
  )::pg_snapshot
from (select least(pg_snapshot_xmax(pg_current_snapshot())::text::bigint, $2::bigint) as cut) b
returning b.cut = $2::bigint as more`;

/**
 * Adds to the roll-ups what was committed since the last time, each row once: counts and watermark move in one transaction,
 * under the watermark's lock. Another process that is at it does the work; then this one has nothing to do.
 * @param mostSteps how many statements it may take; the rest is left to the next call
 * @returns whether there was nothing left to count
 */
export async function rollUp(db: Database, mostSteps: number, signal?: AbortSignal): Promise<boolean> {
  for (let step = 0; step < mostSteps && !signal?.aborted; step++) {
    if (step > 0) await sleep(PAUSE_MS);
    if (!(await db.transaction(countStep))) return true;
  }
  return false;
}

/** Answers whether there is more. */
async function countStep(tx: Tx): Promise<boolean> {
  const [mark] = await tx.sql<{ from: string; to: string; snapshot: string }>(LOCK);
  if (!mark) return false;
  // A statement of its own: its snapshot is later than the commit of whoever held the lock before.
  const [counted] = await tx.sql<{ more: boolean }>(COUNT, [mark.from, mark.to, mark.snapshot]);
  return counted?.more ?? false;
}

/**
 * To be called once at the start. On a copy of a database, a dump restored elsewhere or a clone, transaction ids begin
 * anew: what came with the copy counts as counted.
 */
export async function adoptRollups(db: Database): Promise<void> {
  await db.transaction(async ({ sql }) => {
    const copied = await sql(`select 1 from metric_watermark where not ${OURS} for no key update`);
    if (copied.length === 0) return;
    for (const table of ['sync_attempts', 'webhook_events'])
      await sql(`update ${table} set xid = null where xid is not null`);
    await sql(`update metric_watermark set snapshot = pg_current_snapshot(), ${OURS}`);
  });
}
