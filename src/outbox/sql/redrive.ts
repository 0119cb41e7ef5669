/**
 * Puts dead letters back at the head of their lanes. Parameters, null for any: `$1` merchant, `$2` ids, `$3` integration,
 * `$4` entity type, `$5` entity, `$6` error codes, `$7` and `$8` created from (inclusive) and to (exclusive).
 */
export const REDRIVE = `
with dead as materialized (
  select l.id as lane_id, e.id
    from lanes l join sync_events e on e.lane_id = l.id and e.seq = l.head + 1
   where l.parked and e.status = 'FAILED'
     and ($1::text is null or e.merchant_id = $1)
     and ($2::bigint[] is null or e.id = any($2))
     and ($3::text is null or e.integration_id = $3)
     and ($4::text is null or e.entity_type = $4)
     and ($5::text is null or e.entity_id = $5)
     and ($6::text[] is null or e.error_code = any($6))
     and ($7::timestamptz is null or e.created_at >= $7)
     and ($8::timestamptz is null or e.created_at < $8)
   order by l.id for no key update of l
), lane as (
  update lanes l set parked = false, attempts = 0, due = now(), token = l.token + 1 from dead d where l.id = d.lane_id
), link as (
  update links k set state = 'PENDING' from dead d where k.id = d.lane_id
), event as (
  update sync_events e set status = 'PENDING', forgiven_attempts = e.attempt_count, next_attempt_at = null,
         processed_at = null, updated_at = now()
    from dead d where e.id = d.id
  returning e.id, e.merchant_id, e.integration_id, e.entity_type, e.entity_id
), change as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
  select 'sync_event.status_changed', merchant_id, entity_type, entity_id, integration_id, id,
         '{"previousStatus":"FAILED","newStatus":"PENDING"}'
    from event order by id
)
select count(*)::int as affected from event`;
