/**
 * Ends every event that waits for the integration `$1` without sending it; `$2` is the reason. The first `depth` events of a
 * claimed lane may be under way: they stay and end as they will, and what is behind them leaves the lane, whose tail is then
 * the last of them. A lane that nobody holds becomes empty.
 */
export const SKIP_ALL = `
with lane as materialized (
  select id, head, tail, depth, owner is not null as held from lanes
   where integration_id = $1 and tail > head order by id for no key update
), waiting as materialized (
  select e.id, e.lane_id, e.seq, e.status, l.held, l.held and row_number() over (partition by l.id order by e.seq) <= l.depth as stays
    from lane l join sync_events e on e.lane_id = l.id and e.seq > l.head
), emptied as (
  update lanes n set
    head = case when l.held then n.head else n.tail end,
    tail = case when l.held then coalesce((select max(w.seq) from waiting w where w.lane_id = l.id and w.stays), n.tail) else n.tail end,
    parked = false, due = case when l.held then n.due end, attempts = case when l.held then n.attempts else 0 end,
    token = case when l.held then n.token else n.token + 1 end
    from lane l where n.id = l.id
), link as (
  update links k set state = 'SKIPPED', last_error = null from lane l where k.id = l.id and not l.held
), event as (
  update sync_events e set status = 'SKIPPED', error_message = $2, next_attempt_at = null, processed_at = now(), updated_at = now(),
         lane_id = case when not w.held then e.lane_id end, seq = case when not w.held then e.seq end
    from waiting w where e.id = w.id and not w.stays
  returning e.id, e.merchant_id, e.integration_id, e.entity_type, e.entity_id, w.status as previous
), change as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
  select 'sync_event.status_changed', merchant_id, entity_type, entity_id, integration_id, id,
         jsonb_build_object('previousStatus', previous, 'newStatus', 'SKIPPED')
    from event order by id
)
select count(*)::int as skipped from event`;
