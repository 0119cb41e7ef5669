import type { Database, Sql } from '../db/database.js';
import { CLUSTER } from './epochs.js';
import { CHANGES_OF_BATCH, PLACES_BEFORE } from './read-changes.js';

/** All changes that are kept, sealed or not, with their positions. */
const COLLECT = `
create temp table rebased on commit drop as
with batches as (
  select b.snapshot, p.position as start, p.snapshot as earlier
  from change_batches b join change_batches p on p.no = b.no - 1
),
last as (select position, snapshot from change_batches order by no desc limit 1),
kept as (
  select r.* from batches cross join lateral (
    select start + ${PLACES_BEFORE} as before, c.* from (${CHANGES_OF_BATCH}) c
  ) r
  union all
  select last.position + ${PLACES_BEFORE}, c.* from last join changes c
    on c.xid >= pg_snapshot_xmax(last.snapshot) or c.xid in (select pg_snapshot_xip(last.snapshot))
)
select before + 1 as position, kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data, at, traceparent
from kept
union all
select before + 1 + m.place, m.kind, merchant_id, entity_type, entity_id, integration_id, m.sync_event_id, m.data, at, traceparent
from kept cross join lateral rows from (
  json_to_recordset(more) as (kind text, "syncEventId" bigint, data jsonb)
) with ordinality as m (kind, sync_event_id, data, place)`;

/** Batches get transaction ids that this server has used up: 3, 4, … below the current one, so that whatever comes is later. */
const BOUNDS = `
select (select min(position) from change_batches) as start, (select max(position) from change_batches) as sealed,
  greatest(1000, ceil(count(*) / (pg_snapshot_xmax(pg_current_snapshot())::text::numeric - 4))) as size,
  count(*) as count
from rebased`;

const INSERT_CHANGES = `
insert into changes (xid, id, kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data, at, traceparent)
overriding system value
select (3 + div(position - $1::numeric - 1, $2::numeric))::text::xid8, position,
  kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data, at, traceparent
from rebased`;

const INSERT_BATCHES = `
insert into change_batches (no, position, snapshot, by_size)
select i, least($1::numeric + i * $2::numeric, $1::numeric + $3::numeric), format('%1$s:%1$s:', 3 + i)::pg_snapshot, true
from generate_series(0, ceil($3::numeric / $2::numeric)::int) as i`;

const ADVANCE_IDS = `
select setval(pg_get_serial_sequence('changes', 'id'),
  greatest((select max(id) from changes), nextval(pg_get_serial_sequence('changes', 'id'))))`;

/** What was not sealed yet may have another order in the original: its positions are of the new epoch only. */
const BEGIN_EPOCH = `
insert into feed_epochs (id, cluster, from_position)
values (floor(random() * 4294967296)::bigint, ${CLUSTER}, $1)`;

/**
 * Makes the feed whole on a database that is a copy: a dump restored elsewhere, a clone. Transaction ids begin anew there,
 * while batches are told apart by them, so each kept change gets a row and an id of this server; positions stay as they were.
 * A new epoch begins, so that a cursor given out by the original after the copy was made is refused, not misread.
 * Does nothing on a database that is no copy. Run by `start()` of every feed; others wait for it meanwhile.
 * @returns whether the database was a copy
 */
export async function rebaseFeed(db: Database): Promise<boolean> {
  return db.transaction(async ({ sql }) => {
    if (!(await isCopy(sql))) return false;
    await sql('lock table changes, change_batches in access exclusive mode');
    if (!(await isCopy(sql))) return false;
    await sql('set local enable_seqscan = off');
    await sql(COLLECT);
    const [bounds] = await sql<{ start: string; sealed: string; size: string; count: string }>(BOUNDS);
    if (!bounds) throw new Error('Unreachable: an aggregate answers one row');
    await sql('truncate changes, change_batches');
    await sql(INSERT_CHANGES, [bounds.start, bounds.size]);
    await sql(INSERT_BATCHES, [bounds.start, bounds.size, bounds.count]);
    await sql(ADVANCE_IDS);
    await sql(BEGIN_EPOCH, [bounds.sealed]);
    return true;
  });
}

async function isCopy(sql: Sql): Promise<boolean> {
  const rows = await sql<{ copied: boolean }>(
    `select cluster <> ${CLUSTER} as copied from feed_epochs order by number desc limit 1`,
  );
  return rows[0]?.copied ?? true;
}

/**
 * Has the next start take the database for a copy, as {@link rebaseFeed} does: for one whose files were put back from a
 * backup, which nothing in it tells. Cursors that were given out since the backup are refused then, not misread.
 */
export async function beginEpochAtStart({ pool }: Database): Promise<void> {
  await pool.query(`update feed_epochs set cluster = 'put back' where number = (select max(number) from feed_epochs)`);
}
