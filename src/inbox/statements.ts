/**
 * The one statement that stores and applies webhook events, in its two forms: for events that arrive and for events
 * that are kept. Its steps: `incoming` → `known` (which entity) → locks in id order, entities before links → `verdicts`
 * → `kept` (the webhook event) → the entity, its link, the inbound sync event → changes, last.
 *
 * No step is joined to another: the planner, which expects one row of each, would compare every row with every row. What
 * a step needs of another it looks up in a map (`held_…`), by a hashed `in (…)` (hence `is true`), or carries along.
 */

/** Arrived events as parallel text arrays, so that a value that PostgreSQL cannot read is judged and does not fail the rest. */
const ARRIVED = `
incoming as materialized (
  select a.n, a.id, a.merchant_id, a.integration_id, a.event_id, a.body, a.headers, a.event::jsonb as event,
    null::text as previous, w.id as stored_id, w.answer as stored_answer
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    with ordinality as a (id, merchant_id, integration_id, event_id, body, headers, event, n)
  left join lateral (
    select w.id, w.answer from webhook_events w
    where w.integration_id = a.integration_id and w.event_id = a.event_id limit 1
  ) w on true
)`;

const KEEP_ARRIVED = `
kept as (
  insert into webhook_events (id, merchant_id, integration_id, event_id, event_type, entity_type, entity_id, external_id,
    status, payload, event, raw_body, headers, answer, error_code, error_message, occurred_at, processed_at)
  select id, merchant_id, integration_id, event_id, event_type, entity_type, known_id, external_id,
    status, body::jsonb, event, convert_to(body, 'UTF8'), headers::jsonb, answer, error_code, error_message, occurred_at,
    case when status <> 'FAILED' then clock_timestamp() end
  from verdicts where status is not null
  -- Of one event twice in a batch the first is kept: only that one knows what it changed.
  order by integration_id, event_id, n
  on conflict (integration_id, event_id) do nothing
  returning id
)`;

/** Kept events that were not applied, in the order in which they happened. */
const KEPT_BEFORE = `
reapplied as materialized (
  select * from webhook_events
  where id = any ($1::text[]) and status <> 'PROCESSED'
  order by id for update skip locked
),
incoming as materialized (
  select row_number() over (order by occurred_at, created_at, id) as n, id, merchant_id, integration_id, event_id,
    null::text as body, null::text as headers, event, status as previous, null::text as stored_id, null::jsonb as stored_answer
  from reapplied
)`;

const KEEP_AGAIN = `
kept as (
  update webhook_events w
  set status = v.status, error_code = v.error_code, error_message = v.error_message, entity_id = v.known_id,
    processed_at = case when v.status <> 'FAILED' then clock_timestamp() end
  from verdicts v
  where w.id = v.id and v.status is not null and (w.status, w.error_code) is distinct from (v.status, v.error_code)
  returning w.id
)`;

const PARSE = `
parsed as materialized (
  select i.*, i.event ->> 'eventType' as event_type, i.event ->> 'entityType' as entity_type,
    i.event ->> 'externalId' as external_id, i.event ->> 'entityId' as hub_id, i.event ->> 'number' as number,
    i.event ->> 'sourceStatus' as source_status, i.event ->> 'status' as new_status, (i.event ->> 'rank')::smallint as rank,
    (i.event -> 'strictMapping')::boolean as strict_mapping,
    case when jsonb_array_length(nullif(i.event -> 'trackingNumbers', 'null')) > 0
      then i.event -> 'trackingNumbers' end as tracking_numbers,
    case when pg_input_is_valid(i.event ->> 'occurredAt', 'timestamptz')
      then (i.event ->> 'occurredAt')::timestamptz end as occurred_at,
    case when pg_input_is_valid(i.event ->> 'paidAt', 'timestamptz') then (i.event ->> 'paidAt')::timestamptz end as paid_at,
    case when pg_input_is_valid(i.event ->> 'paidAmount', 'numeric') then (i.event ->> 'paidAmount')::numeric end as paid_amount,
    case
      when not pg_input_is_valid(i.body, 'jsonb') then 'body'
      when not coalesce(pg_input_is_valid(i.event ->> 'occurredAt', 'timestamptz'), false) then 'occurredAt'
      when not pg_input_is_valid(i.event ->> 'paidAt', 'timestamptz') then 'paidAt'
      when not (pg_input_is_valid(i.event ->> 'paidAmount', 'numeric')
        and i.event ->> 'paidAmount' !~* 'nan|inf') then 'paidAmount'
    end as invalid
  from incoming i
  where i.stored_id is null
)`;

/**
 * By the sender's id, else by the hub's id that the sender echoes, else by number, unless the entity of that number is
 * known to have another id there. Always within the merchant.
 */
const KNOW = `
found as materialized (
  select p.*, coalesce(
    (select l.entity_id from links l
     where l.integration_id = p.integration_id and l.entity_type = p.entity_type and l.external_id = p.external_id),
    case p.entity_type
      when 'ORDER' then (select o.id from orders o where o.id = p.hub_id and o.merchant_id = p.merchant_id)
      when 'INVOICE' then (select v.id from invoices v where v.id = p.hub_id and v.merchant_id = p.merchant_id)
    end,
    case p.entity_type
      when 'ORDER' then (
        select o.id from orders o where o.merchant_id = p.merchant_id and o.number = p.number and not exists (
          select from links l where l.integration_id = p.integration_id and l.entity_type = 'ORDER' and l.entity_id = o.id
            and l.external_id <> p.external_id))
      when 'INVOICE' then (
        select v.id from invoices v where v.merchant_id = p.merchant_id and v.number = p.number and not exists (
          select from links l where l.integration_id = p.integration_id and l.entity_type = 'INVOICE' and l.entity_id = v.id
            and l.external_id <> p.external_id))
    end) as known_id
  from parsed p
  where p.invalid is null
),
known as materialized (
  select f.*, (
    select l.id from links l
    where l.integration_id = f.integration_id and l.entity_type = f.entity_type and l.entity_id = f.known_id) as link_id
  from found f
)`;

/** An entity that another transaction holds makes its events `BUSY`, so that it holds up no other. */
const LOCK = `
locked_orders as materialized (
  select o.id, o.status from orders o
  where o.id = any (array(select known_id from known where entity_type = 'ORDER'))
  order by o.id for no key update skip locked
),
locked_invoices as materialized (
  select v.id, v.status from invoices v
  where v.id = any (array(select known_id from known where entity_type = 'INVOICE'))
  order by v.id for no key update skip locked
),
held_entities as materialized (
  select coalesce(jsonb_object_agg(id, status), '{}') as by_id
  from (select id, status from locked_orders union all select id, status from locked_invoices) e
),
locked_links as materialized (
  select l.id, l.external_id, l.source_at, l.source_rank from links l
  where l.id = any (array(select link_id from known where (select by_id from held_entities) ? known_id))
  order by l.id for no key update skip locked
),
held_links as materialized (
  select coalesce(jsonb_object_agg(id, jsonb_build_array(external_id, extract(epoch from source_at), source_rank)), '{}') as by_id
  from locked_links
)`;

/** In the order of arrival, each event compared with what is applied and with those before it. */
const JUDGE = `
looked_up as materialized (
  select k.*, (select by_id from held_entities) ->> k.known_id as entity_status,
    (select by_id from held_links) -> k.link_id::text as link
  from known k
),
judged as (
  select u.*, u.link ->> 0 as link_external_id,
    case when u.link ->> 1 is not null then array[(u.link ->> 1)::numeric, (u.link ->> 2)::numeric] end as applied_position,
    case
      when u.known_id is null then 'UNKNOWN_ENTITY'
      when u.entity_status is null or (u.link_id is not null and u.link is null) then 'BUSY'
      when u.link_id is null then 'UNLINKED'
      when u.source_status is not null and u.new_status is null then 'UNMAPPED_STATUS'
    end as obstacle
  from looked_up u
),
placed as (
  select j.*, max(array[extract(epoch from occurred_at), coalesce(rank, 0)]) filter (where obstacle is null)
    over (partition by link_id order by n rows between unbounded preceding and 1 preceding) as earlier_position
  from judged j
),
ruled as (
  select p.*,
    coalesce(obstacle, case when array[extract(epoch from occurred_at), coalesce(rank, 1000)]
      < greatest(applied_position, earlier_position) then 'OUT_OF_DATE' end) as error_code
  from placed p
),
traced as (
  select r.*, array_agg(new_status) filter (where error_code is null and new_status is not null)
    over (partition by known_id order by n rows between unbounded preceding and 1 preceding) as trace
  from ruled r
),
settled as (
  select t.*, coalesce(trace[cardinality(trace)], entity_status) as previous_status,
    case
      when error_code in ('BUSY', 'UNLINKED') then null
      when error_code is null then 'PROCESSED'
      when error_code = 'UNKNOWN_ENTITY' or (error_code = 'UNMAPPED_STATUS' and strict_mapping) then 'FAILED'
      else 'IGNORED'
    end as status,
    case error_code
      when 'UNKNOWN_ENTITY' then format('The hub does not know this %s yet; the event is applied when it appears.', lower(entity_type))
      when 'UNMAPPED_STATUS' then format('The status %s is not mapped; nothing was changed. Add it to the mappings of the integration.', source_status)
      when 'OUT_OF_DATE' then 'A newer event has been applied already; nothing was changed.'
    end as error_message
  from traced t
),
verdicts as materialized (
  select s.*, error_code is null and new_status is not null and new_status <> previous_status as changed,
    jsonb_build_object('status', status, 'eventType', event_type, 'entityType', entity_type, 'errorCode', error_code,
      'errorMessage', error_message, 'entityId', known_id, 'externalId', coalesce(external_id, link_external_id),
      'entityStatus', case when error_code is null then coalesce(new_status, previous_status) else previous_status end) as answer
  from settled s
)`;

/** Only of what was kept: another transaction may have stored the same event meanwhile. */
const WRITE = `
effective as materialized (
  select v.*, case when known_id is not null then nextval('sync_events_id_seq') end as sync_id
  from verdicts v
  where (v.id in (select id from kept)) is true
  order by n
),
order_writes as (
  update orders o
  set status = coalesce(a.status, o.status), updated_at = now(),
    tracking_numbers = case when a.tracking_numbers is null then o.tracking_numbers
      else array(select jsonb_array_elements_text(a.tracking_numbers)) end
  from (
    select known_id, (array_agg(new_status order by n desc) filter (where new_status is not null))[1] as status,
      (array_agg(tracking_numbers order by n desc) filter (where tracking_numbers is not null))[1] as tracking_numbers
    from effective where entity_type = 'ORDER' and error_code is null group by known_id
    having bool_or(changed) or count(tracking_numbers) > 0
  ) a
  where o.id = a.known_id
  returning 1
),
invoice_writes as (
  update invoices v
  set status = coalesce(a.status, v.status), paid_at = coalesce(a.paid_at, v.paid_at),
    paid_amount = coalesce(a.paid_amount, v.paid_amount), updated_at = now()
  from (
    select known_id, (array_agg(new_status order by n desc) filter (where new_status is not null))[1] as status,
      (array_agg(paid_at order by n desc) filter (where paid_at is not null))[1] as paid_at,
      (array_agg(paid_amount order by n desc) filter (where paid_amount is not null))[1] as paid_amount
    from effective where entity_type = 'INVOICE' and error_code is null group by known_id
    having bool_or(changed) or count(paid_at) > 0 or count(paid_amount) > 0
  ) a
  where v.id = a.known_id
  returning 1
),
link_writes as (
  update links l
  set source_at = a.at, source_rank = case when l.source_at = a.at then greatest(l.source_rank, a.rank) else a.rank end,
    external_id = coalesce(l.external_id, a.external_id)
  from (
    select link_id, max(occurred_at) as at, (max(array[extract(epoch from occurred_at), coalesce(rank, 0)]))[2] as rank,
      (array_agg(external_id order by n) filter (where external_id is not null))[1] as external_id
    from effective where error_code is null group by link_id
  ) a
  where l.id = a.link_id
),
sync_rows as (
  insert into sync_events (id, merchant_id, integration_id, entity_type, entity_id, external_id, operation, direction, status,
    payload, error_code, error_message, max_attempts, idempotency_key, processed_at)
  overriding system value
  select sync_id, merchant_id, integration_id, entity_type, known_id, coalesce(external_id, link_external_id), 'STATUS_CHANGE',
    'INBOUND', case status when 'PROCESSED' then 'SUCCESS' when 'FAILED' then 'FAILED' else 'SKIPPED' end,
    jsonb_build_object('webhookEventId', id, 'eventType', event_type, 'sourceStatus', source_status, 'status', new_status,
      'previousStatus', previous_status, 'occurredAt', event -> 'occurredAt'),
    error_code, error_message, 1, event_id, clock_timestamp()
  from effective
  where sync_id is not null
),
change_rows as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
  select kind, merchant_id, entity_type, entity_id, integration_id, sync_id, data
  from effective e
  cross join lateral (values
    (1, 'webhook_event.status_changed', coalesce(known_id, id), true, jsonb_build_object('webhookEventId', id,
      'eventType', event_type, 'previousStatus', previous, 'newStatus', status, 'errorCode', error_code)),
    (2, 'sync_event.status_changed', known_id, sync_id is not null, jsonb_build_object('previousStatus', null,
      'newStatus', case status when 'PROCESSED' then 'SUCCESS' when 'FAILED' then 'FAILED' else 'SKIPPED' end,
      'errorCode', error_code)),
    (3, lower(entity_type) || '.status_changed', known_id, changed, jsonb_build_object('previousStatus', previous_status,
      'newStatus', new_status, 'sourceStatus', source_status, 'externalId', coalesce(external_id, link_external_id),
      'occurredAt', event -> 'occurredAt'))
  ) as c (place, kind, entity_id, wanted, data)
  -- Reading their counts runs the entities' writes first.
  where wanted and (select count(*) from order_writes) + (select count(*) from invoice_writes) >= 0
  order by n, place
)`;

const ANSWER = `
select n::int as n, stored_id as id, stored_answer::text as answer, null as invalid, merchant_id, integration_id,
  null as entity_type, null as known_id, 'STORED' as outcome
from incoming where stored_id is not null
union all
select n::int, id, null, invalid, merchant_id, integration_id, entity_type, null, 'INVALID'
from parsed where invalid is not null
union all
select n::int, id, answer::text, null, merchant_id, integration_id, entity_type, known_id,
  case when status is null then error_code when (id in (select id from kept)) is true then 'KEPT' else 'LOST' end
from verdicts
order by n`;

const apply = (incoming: string, keep: string) =>
  `with ${[incoming, PARSE, KNOW, LOCK, JUDGE, keep, WRITE].join(',')}\n${ANSWER}`;

/** `$1`–`$7`: id, merchant, integration, event id, body, headers, event. */
export const ACCEPT = apply(ARRIVED, KEEP_ARRIVED);

/** `$1`: ids of kept webhook events that were not applied. */
export const REAPPLY = apply(KEPT_BEFORE, KEEP_AGAIN);

/** Links for entities that were found by hub id or number before anything was sent: merchant, integration, type, entity. */
export const ADD_LINKS = `
insert into links (merchant_id, integration_id, entity_type, entity_id)
select distinct on (2, 3, 4) * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as l (merchant_id, integration_id, entity_type, entity_id)
order by 2, 3, 4
on conflict do nothing`;

/** Answers of events that another transaction stored meanwhile: integration, event id. */
export const STORED_ANSWERS = `
select k.n::int as n, w.id, w.answer::text as answer
from unnest($1::text[], $2::text[]) with ordinality as k (integration_id, event_id, n)
join webhook_events w on w.integration_id = k.integration_id and w.event_id = k.event_id`;

/** What the connector makes of kept events now: id, event. */
export const REWRITE_EVENTS = `
update webhook_events w set event = r.event::jsonb
from unnest($1::text[], $2::text[]) as r (id, event)
where w.id = r.id and w.status <> 'PROCESSED'`;
