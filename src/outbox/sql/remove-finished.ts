/**
 * Removes up to `$3` finished sync events, with their attempts, that ended before `$1` (a time); `$2` is the id after which to
 * look. Walks the primary key, so that it needs no index on columns that each attempt changes; what a lane still needs
 * (its dead letter, what waits) has not ended or is FAILED at the head, and stays.
 */
export const REMOVE_FINISHED = `
with page as materialized (
  select id, lane_id, seq, status, processed_at, created_at from sync_events where id > $2 order by id limit $3
), old as materialized (
  select p.id from page p left join lanes l on l.id = p.lane_id
   where p.processed_at < $1 and p.status in ('SUCCESS', 'SKIPPED', 'FAILED') and (p.seq is null or l.id is null or p.seq <= l.head)
), attempt as (
  delete from sync_attempts where sync_event_id = any(array(select id from old))
), event as (
  delete from sync_events where id = any(array(select id from old)) returning 1
)
select (select count(*)::int from event) as removed, (select max(id)::text from page) as "lastId",
       (select min(created_at) >= $1 from page) as young`;
