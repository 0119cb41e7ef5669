/**
 * Reopens the lanes of instances whose session is gone: whoever can take a registered instance's lock knows that nobody
 * holds it. `$1` is one's own id, `$2` the class of the locks. Answers how many instances were buried and lanes reopened, how
 * many instances live, and how many of these were there before this one.
 */
export const BURY_INSTANCES = `
with dead as materialized (
  select id from instances where id <> $1 and pg_try_advisory_xact_lock($2, id)
), held as materialized (
  select l.id from lanes l join dead d on l.owner = d.id order by l.id for no key update of l
), lane as (
  update lanes l set lease = null, owner = null, token = l.token + 1 from held h where l.id = h.id
  returning l.id, l.head
), gate as (
  update integration_gates g set open_until = now() from lane l where g.circuit = 'HALF_OPEN' and g.probe_lane = l.id
), event as (
  update sync_events e set status = 'RETRYING', next_attempt_at = now(), updated_at = now()
    from lane l where e.lane_id = l.id and e.seq > l.head and e.status = 'IN_PROGRESS'
  returning e.id, e.merchant_id, e.entity_type, e.entity_id, e.integration_id
), change as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
  select 'sync_event.status_changed', merchant_id, entity_type, entity_id, integration_id, id,
         '{"previousStatus":"IN_PROGRESS","newStatus":"RETRYING"}'
    from event order by id
), gone as (
  delete from instances i using dead d where i.id = d.id
)
select (select count(*) from dead)::int as instances, (select count(*) from lane)::int as lanes, count(*)::int as living,
       count(*) filter (where id < $1)::int as before
  from instances where id not in (select id from dead)`;
