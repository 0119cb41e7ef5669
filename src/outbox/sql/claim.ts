/**
 * Claims lanes, per integration. Parallel arrays: `$1` integrations, `$2` how many lanes, `$3` events per lane,
 * `$4` calls per second or null; then `$5` the instance and `$6` the lease in ms. Answers one row per event, those
 * behind one that is not `ready` are not to be sent; a lane whose events a concurrent statement hid from this one has a row
 * without an event and is to be released.
 *
 * - An integration without a rate and with a closed circuit is claimed without touching its gate (`free`). The gates of
 *   the others are locked (`narrow`): tokens are taken and the one probe of an open circuit is chosen under that lock.
 * - `now()`, not the clock: a volatile function would keep the index from being used.
 * - Sets of ids are handed on as arrays where a join would be: the planner cannot know how few they are, and reads whole
 *   tables or compares all with all otherwise.
 * - Only the first event of a lane starts now: it alone becomes IN_PROGRESS and counts its attempt. Those that are claimed
 *   with it exist only where a repeated call does no harm, and are written once, when they are settled.
 * - Which event is the first is found by `distinct on`, and who reads the rows stops at one that is not ready: window
 *   functions copied each row once more, a fifth of the claim.
 * - `previous` is what the snapshot showed; only a lane whose lease ran out shows IN_PROGRESS.
 */
export const CLAIM = `
with target as materialized (
  select * from unnest($1::text[], $2::int[], $3::int[], $4::float8[]) as t (integration_id, room, depth, rate)
), gate as materialized (
  select t.*, g.circuit
    from target t
    join integration_gates g using (integration_id)
    join integrations i on i.id = t.integration_id
   where i.enabled and i.deleted_at is null
     and (g.hold_until is null or g.hold_until <= now()) and (g.circuit = 'CLOSED' or g.open_until <= now())
), narrow as materialized (
  select t.integration_id, t.room, t.depth, t.rate, g.circuit,
         case when t.rate is not null then least(greatest(1, t.rate / 10), g.tokens
           + t.rate * greatest(0, extract(epoch from clock_timestamp() - g.refilled_at))) end as tokens
    from integration_gates g join gate t on t.integration_id = g.integration_id
   where (t.rate is not null or t.circuit <> 'CLOSED')
     and (g.hold_until is null or g.hold_until <= now()) and (g.circuit = 'CLOSED' or g.open_until <= now())
   order by g.integration_id for no key update of g
), allowed as (
  select integration_id, room as lanes, depth from gate where rate is null and circuit = 'CLOSED'
  union all
  select integration_id,
         case when circuit <> 'CLOSED' then least(1, floor(coalesce(tokens, 1)))::int
              else least(room, floor(coalesce(tokens, room)))::int end,
         case when circuit <> 'CLOSED' then 1 else depth end
    from narrow
), picked as materialized (
  select l.id, a.integration_id, a.depth
    from allowed a cross join lateral (
      select id from lanes
       where integration_id = a.integration_id and due <= now() and (lease is null or lease <= now())
       order by priority desc, due limit a.lanes for no key update skip locked) l
), spent as (
  update integration_gates g set
    tokens = coalesce(n.tokens - p.lanes, g.tokens), refilled_at = clock_timestamp(),
    circuit = case when n.circuit = 'CLOSED' then 'CLOSED' else 'HALF_OPEN' end,
    open_until = case when n.circuit = 'CLOSED' then g.open_until else now() + $6 * interval '1 ms' end,
    probe_lane = case when n.circuit = 'CLOSED' then g.probe_lane else p.lane end
    from narrow n join (select integration_id, count(*) as lanes, min(id) as lane from picked group by 1) p using (integration_id)
   where g.integration_id = n.integration_id
  returning g.integration_id, n.circuit as previous, g.circuit
), taken as (
  update lanes l set token = l.token + 1, attempts = l.attempts + 1, lease = now() + $6 * interval '1 ms', owner = $5,
         depth = a.depth
    from allowed a where l.id = any(array(select id from picked)) and a.integration_id = l.integration_id
  returning l.id, l.integration_id, l.token, l.head, a.depth
), next as materialized (
  select t.id as lane_id, t.integration_id, t.token, t.head, k.external_id, k.open_create, e.*
    from taken t join links k on k.id = t.id left join lateral (
      select id, seq, status as previous, coalesce(next_attempt_at <= now(), true) as ready, merchant_id, entity_type, entity_id,
             operation, payload, attempt_count, forgiven_attempts, max_attempts, idempotency_key, traceparent
        from sync_events where lane_id = t.id and seq > t.head order by seq limit t.depth) e on true
), first as materialized (
  select * from (
    select distinct on (lane_id) id, previous, ready, merchant_id, entity_type, entity_id, integration_id, attempt_count
      from next order by lane_id, seq) e
   where ready
), event as (
  update sync_events e set status = 'IN_PROGRESS', attempt_count = f.attempt_count + 1, next_attempt_at = null,
         updated_at = now()
    from first f where e.id = f.id
), change as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
  select 'sync_event.status_changed', merchant_id, entity_type, entity_id, integration_id, id,
         case previous when 'PENDING' then '{"previousStatus":"PENDING","newStatus":"IN_PROGRESS"}'::jsonb
                       else '{"previousStatus":"RETRYING","newStatus":"IN_PROGRESS"}' end
    from first where previous <> 'IN_PROGRESS'
), probe as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, data)
  select 'connector_health.changed', i.merchant_id, 'INTEGRATION', s.integration_id, s.integration_id,
         jsonb_build_object('previousCircuit', s.previous, 'circuit', s.circuit)
    from spent s join integrations i on i.id = s.integration_id where s.previous <> s.circuit
)
select e.lane_id as "laneId", e.integration_id as "integrationId", e.token, e.head, e.external_id as "externalId",
       e.id, e.seq, e.merchant_id as "merchantId", e.entity_type as "entityType", e.entity_id as "entityId", e.operation,
       e.payload, e.previous, e.ready, e.attempt_count + 1 as attempt, e.forgiven_attempts as forgiven,
       e.max_attempts as "maxAttempts", e.idempotency_key as "idempotencyKey", e.traceparent,
       o.id::text as "openId", o.idempotency_key as "openKey", o.payload as "openPayload", o.attempt_count as "openAttempts"
  from next e left join sync_events o on o.id = e.open_create
 order by e.lane_id, e.seq`;
