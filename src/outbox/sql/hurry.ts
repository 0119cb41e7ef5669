/**
 * Makes the event that is first in its lane and waits for another try due now; its attempts stay counted. `$1` integration,
 * `$2` entity type, `$3` entity. A lane that is claimed, parked or held is left alone.
 */
export const HURRY = `
with waiting as materialized (
  select l.id as lane_id, e.id
    from links k join lanes l on l.id = k.id
    join lateral (select id, status from sync_events e where e.lane_id = l.id and e.seq > l.head order by e.seq limit 1) e on true
   where k.integration_id = $1 and k.entity_type = $2 and k.entity_id = $3
     and l.owner is null and not l.parked and l.due > now() and l.due < 'infinity' and e.status = 'RETRYING'
     for no key update of l
), lane as (
  update lanes l set due = now() from waiting w where l.id = w.lane_id
), event as (
  update sync_events e set status = 'PENDING', next_attempt_at = null, updated_at = now() from waiting w where e.id = w.id
  returning e.id, e.merchant_id, e.integration_id, e.entity_type, e.entity_id
), change as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
  select 'sync_event.status_changed', merchant_id, entity_type, entity_id, integration_id, id,
         '{"previousStatus":"RETRYING","newStatus":"PENDING"}'
    from event
)
select id::text from event`;
