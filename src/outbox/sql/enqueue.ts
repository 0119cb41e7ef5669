/**
 * Accepts effects. `$1` is a JSON array of rows as in `given`, in the order in which they are accepted.
 * Links are upserted, not looked up: a link that a concurrent transaction commits in between is found as well.
 * Whether a lane is empty is decided from its own locked row (head = tail), never from what a snapshot shows.
 */
export const ENQUEUE = `
with given as materialized (
  select * from rows from (json_to_recordset($1) as (
    merchant text, integration text, type text, entity text, operation text, payload jsonb, max_attempts int, key text,
    priority int, not_before timestamptz, held boolean, traceparent text, told_by text
  )) with ordinality as g (
    merchant, integration, type, entity, operation, payload, max_attempts, key, priority, not_before, held, traceparent, told_by,
    place)
), wanted as (
  select integration, type, entity, min(merchant) as merchant, count(*) as events, max(priority) as priority,
         (array_agg(not_before order by place))[1] as not_before, (array_agg(held order by place))[1] as held
    from given group by integration, type, entity
), link as (
  insert into links as k (merchant_id, integration_id, entity_type, entity_id)
  select merchant, integration, type, entity from wanted order by integration, type, entity
  on conflict (integration_id, entity_type, entity_id) do update set
    state = case k.state when 'FAILED' then k.state else 'PENDING' end
  returning k.id, k.integration_id, k.entity_type, k.entity_id
), lane as (
  insert into lanes (id, integration_id, tail, due, priority)
  select k.id, w.integration, w.events, case when w.held then 'infinity' else greatest(w.not_before, now()) end, w.priority
    from link k
    join wanted w on (w.integration, w.type, w.entity) = (k.integration_id, k.entity_type, k.entity_id)
   order by k.id
  on conflict (id) do update set
    tail = lanes.tail + excluded.tail,
    due = case when lanes.parked then null when lanes.head = lanes.tail then excluded.due else lanes.due end,
    priority = case when lanes.head = lanes.tail then excluded.priority
                    else greatest(lanes.priority, excluded.priority) end
  returning id, tail
), event as (
  insert into sync_events (lane_id, seq, merchant_id, integration_id, entity_type, entity_id, operation, direction,
                           payload, max_attempts, idempotency_key, traceparent, told_by,
                           next_attempt_at)
  select k.id, l.tail - w.events + row_number() over (partition by k.id order by g.place),
         g.merchant, g.integration, g.type, g.entity, g.operation, 'OUTBOUND', g.payload, g.max_attempts, g.key, g.traceparent, g.told_by,
         case when g.not_before > now() then g.not_before end
    from given g
    join wanted w on (w.integration, w.type, w.entity) = (g.integration, g.type, g.entity)
    join link k on (k.integration_id, k.entity_type, k.entity_id) = (g.integration, g.type, g.entity)
    join lane l on l.id = k.id
   order by g.place
  returning id, merchant_id, integration_id, entity_type, entity_id
), change as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
  select 'sync_event.status_changed', merchant_id, entity_type, entity_id, integration_id, id,
         '{"previousStatus":null,"newStatus":"PENDING"}'
    from event order by id
)
select id::text from event order by event.id`;
