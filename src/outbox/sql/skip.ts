/**
 * Ends the event `$1`, whose lane the transaction has locked, without sending it; `$2` is the reason, `$3` its code, if it has
 * one, `$4` the state of a link of which nothing waits any more, `$5` whether the event was made in this very transaction.
 * While the lane is claimed, its first `depth` events may be under way and are not touched, unless nobody can have seen them yet.
 * The first of its lane moves the head. Another one leaves the lane altogether and, if it was the last, takes the tail
 * back to the one before: the event at the tail is always a waiting one, or the lane is empty.
 */
export const SKIP = `
with skipped as materialized (
  select e.id, e.lane_id, e.seq, e.status, l.head, l.tail,
         not exists (select from sync_events b where b.lane_id = e.lane_id and b.seq > l.head and b.seq < e.seq) as first,
         (select max(b.seq) from sync_events b where b.lane_id = e.lane_id and b.seq > l.head and b.seq < e.seq) as before
    from sync_events e join lanes l on l.id = e.lane_id
   where e.id = $1 and e.seq > l.head and e.status in ('PENDING', 'RETRYING', 'FAILED')
     and ($5 or l.owner is null or l.depth < (
       select count(*) from (select from sync_events b where b.lane_id = l.id and b.seq > l.head and b.seq <= e.seq
                              limit l.depth + 1) ahead))
), lane as (
  update lanes l set
    head = case when s.first then s.seq else l.head end,
    tail = case when not s.first and s.seq = s.tail then s.before else l.tail end,
    parked = l.parked and not s.first, token = l.token + case when s.first then 1 else 0 end,
    attempts = case when s.first then 0 else l.attempts end,
    due = case when s.first then case when s.tail > s.seq then now() end else l.due end
    from skipped s where l.id = s.lane_id
  returning l.id, l.tail > l.head as more, s.first
), link as (
  update links k set state = case when l.more then 'PENDING' else $4 end, last_error = null
    from lane l where k.id = l.id and l.first
), event as (
  update sync_events e set status = 'SKIPPED', error_message = $2, error_code = coalesce($3, e.error_code),
         next_attempt_at = null, processed_at = now(), updated_at = now(),
         lane_id = case when s.first then e.lane_id end, seq = case when s.first then e.seq end
    from skipped s where e.id = s.id
  returning e.*, s.status as previous
), change as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
  select 'sync_event.status_changed', merchant_id, entity_type, entity_id, integration_id, id,
         jsonb_build_object('previousStatus', previous, 'newStatus', 'SKIPPED') || jsonb_strip_nulls(jsonb_build_object('errorCode', $3::text))
    from event
)
select id from event`;
