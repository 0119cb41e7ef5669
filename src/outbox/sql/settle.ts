import { SETTLE_GATES } from './settle-gates.js';

/**
 * Settles a group of lanes, all that belongs to them in one statement: `$1` to `$16` the lanes as in `given`, `$17` to `$29`
 * their events as in `done`, `$30` to `$34` their changes as in `change`; `$35` to `$38` the JSON columns of both, a line each;
 * `$39` JSON of the policies as in `policy` (settle-gates), `$40` the instance. Columns, not one JSON of all: parsing that took
 * as long as half of the writes.
 *
 * An open create (0: none any more) is one that may have happened unknown to the hub. An upstream that has answered a success without an id
 * gives none, so nothing of it stays open.
 *
 * Lanes and links are locked without waiting: one slow writer holds up its own lanes only. A lane that is in neither
 * `settled` nor `stale` was locked by somebody: settle it again. The token moves on, so that nothing is settled twice.
 */
export const SETTLE = `
with given as materialized (
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::float8[], $6::text[], $7::bool[],
      $8::bool[], $9::text[], $10::text[], $11::text[], $12::bool[], $13::bool[], $14::float8[], $15::bigint[], $16::text[])
    with ordinality as s (id, token, head, action, delay_ms, integration, tried, synced, external_id, external_number,
      error, answered, failed, hold_ms, open_create, merchant, place)
), held as materialized (
  select s.* from given s join lanes l on l.id = s.id and l.token = s.token join links k on k.id = l.id
   order by l.id for no key update of l, k skip locked
), lane as (
  update lanes l set head = h.head, token = l.token + 1, lease = null, owner = null, parked = h.action = 'PARK',
    attempts = case when h.action = 'GO_ON' then 0 when h.tried then l.attempts else l.attempts - 1 end,
    due = case
      when h.action = 'PARK' then null
      when h.action = 'WAIT' then now() + h.delay_ms * interval '1 ms'
      when l.tail > h.head then coalesce(
        (select greatest(l.due, e.next_attempt_at) from sync_events e
          where e.lane_id = l.id and e.seq > h.head order by e.seq limit 1), l.due) end
    from held h where l.id = h.id
  returning h.*, l.due, l.tail > l.head as more
), done as materialized (
  select d.*, l.token, l.merchant from unnest($17::bigint[], $18::bigint[], $19::text[], $20::int[], $21::bool[], $22::text[],
      $23::timestamptz[], $24::int[], $25::int[], $26::text[], $27::text[], $28::text[], $29::float8[],
      string_to_array($35, chr(10), ''), string_to_array($36, chr(10), ''))
    as d (id, lane, status, attempt, tried, outcome, started, duration_ms, http_status, code, message, external_id, delay_ms,
      request, response)
    join lane l on l.id = d.lane
), event as (
  update sync_events e set status = d.status, attempt_count = d.attempt,
    error_code = case when d.tried then d.code else e.error_code end,
    error_message = case when d.tried then d.message else e.error_message end,
    next_attempt_at = case when d.status = 'RETRYING' then now() + d.delay_ms * interval '1 ms' end,
    processed_at = case when d.status in ('SUCCESS', 'FAILED') then now() end, updated_at = now(),
    external_id = coalesce(d.external_id, e.external_id)
    from done d where e.id = d.id
), attempt as (
  insert into sync_attempts (sync_event_id, number, merchant_id, token, owner, started_at, duration_ms, outcome,
                             request, response, http_status, error_code, error_message, led_to, xid)
  select id, attempt, merchant, token, $40, started, duration_ms, outcome, request::jsonb, response::jsonb, http_status, code,
         message, status, (select pg_current_xact_id()::text::bigint)
    from done where tried
), link as (
  update links k set external_id = coalesce(l.external_id, k.external_id),
    external_number = coalesce(l.external_number, k.external_number),
    state = case when l.action = 'PARK' then 'FAILED' when l.action = 'WAIT' or l.more then 'PENDING' else 'SYNCED' end,
    open_create = case when coalesce(l.external_id, k.external_id, k.synced_at::text) is null and not l.synced
                       then nullif(coalesce(l.open_create, k.open_create), 0) end,
    synced_at = case when l.synced then now() else k.synced_at end, last_error = l.error
    from lane l where k.id = l.id and l.tried
), ${SETTLE_GATES}, change as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data, size, more)
  select 'sync_event.status_changed', l.merchant, c.type, c.entity, l.integration, c.event, c.data::jsonb, c.size, c.more::json
    from unnest($30::bigint[], $31::text[], $32::text[], $33::bigint[], $34::int[], string_to_array($37, chr(10), ''),
        string_to_array($38, chr(10), ''))
      as c (lane, type, entity, event, size, data, more)
    join lane l on l.id = c.lane
   order by c.event
)
select array(select id::text from lane) as settled,
       array(select s.id::text from given s join lanes l on l.id = s.id
              where l.token <> s.token and (select count(*) from lane) < cardinality($1)) as stale,
       exists (select from lane where due <= now()) as more,
       array(select integration_id from gate_after where circuit_now <> previous) as "circuitChanged"`;
