/**
 * The one statement that stores and applies webhook events, in its two forms: for events that arrive and for events
 * that are kept. Its steps: `incoming` → `known` (which entity) → locks in id order, entities before links → `verdicts`
 * → `kept` (the webhook event) → the entity, its link, the inbound sync event → changes, last.
 */

/** Arrived events as parallel text arrays, so that a value that PostgreSQL cannot read is judged and does not fail the rest. */
const ARRIVED = `
incoming as materialized (
  select n, id, merchant_id, integration_id, event_id, body, headers, event::jsonb as event, null::text as previous
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    with ordinality as a (id, merchant_id, integration_id, event_id, body, headers, event, n)
),
stored as materialized (
  select i.n, w.id, w.answer
  from incoming i join webhook_events w on w.integration_id = i.integration_id and w.event_id = i.event_id
)`;

const KEEP_ARRIVED = `
kept as (
  insert into webhook_events (id, merchant_id, integration_id, event_id, event_type, entity_type, entity_id, external_id,
    status, payload, event, raw_body, headers, answer, error_code, error_message, occurred_at, processed_at)
  select id, merchant_id, integration_id, event_id, event_type, entity_type, known_id, external_id,
    status, body::jsonb, event, convert_to(body, 'UTF8'), headers::jsonb, answer, error_code, error_message, occurred_at,
    case when status <> 'FAILED' then clock_timestamp() end
  from verdicts where status is not null
  order by integration_id, event_id
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
    null::text as body, null::text as headers, event, status as previous
  from reapplied
),
stored as materialized (select null::bigint as n, null::text as id, null::jsonb as answer where false)`;

const KEEP_AGAIN = `
kept as (
  update webhook_events w
  set status = v.status, error_code = v.error_code, error_message = v.error_message, entity_id = v.known_id,
    processed_at = case when v.status <> 'FAILED' then clock_timestamp() end
  from verdicts v
  where w.id = v.id and v.status is not null and (w.status, w.error_code) is distinct from (v.status, v.error_code)
  returning w.id
)`;

/** An entity that another transaction holds makes its events `BUSY`, so that it holds up no other. */
const apply = (incoming: string, keep: string) => `
with ${incoming},
parsed as materialized (
  select i.*, i.event ->> 'eventType' as event_type, i.event ->> 'entityType' as entity_type,
    i.event ->> 'externalId' as external_id, i.event ->> 'entityId' as hub_id, i.event ->> 'number' as number,
    i.event ->> 'sourceStatus' as source_status, i.event ->> 'status' as new_status, (i.event ->> 'rank')::smallint as rank,
    (i.event -> 'strictMapping')::boolean as strict_mapping,
    case when jsonb_typeof(i.event -> 'trackingNumbers') = 'array'
      then array(select jsonb_array_elements_text(i.event -> 'trackingNumbers')) end as tracking_numbers,
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
  where not exists (select from stored s where s.n = i.n)
),
known as materialized (
  select p.*, coalesce(by_external.entity_id, by_id.id, by_number.id) as known_id
  from parsed p
  left join lateral (
    select l.entity_id from links l
    where l.integration_id = p.integration_id and l.entity_type = p.entity_type and l.external_id = p.external_id
  ) by_external on true
  left join lateral (
    select o.id from orders o where p.entity_type = 'ORDER' and o.id = p.hub_id and o.merchant_id = p.merchant_id
    union all
    select v.id from invoices v where p.entity_type = 'INVOICE' and v.id = p.hub_id and v.merchant_id = p.merchant_id
  ) by_id on by_external.entity_id is null
  left join lateral (
    select e.id from (
      select o.id from orders o where p.entity_type = 'ORDER' and o.merchant_id = p.merchant_id and o.number = p.number
      union all
      select v.id from invoices v where p.entity_type = 'INVOICE' and v.merchant_id = p.merchant_id and v.number = p.number
    ) e
    where not exists (
      select from links l
      where l.integration_id = p.integration_id and l.entity_type = p.entity_type and l.entity_id = e.id
        and l.external_id <> p.external_id)
  ) by_number on by_external.entity_id is null and by_id.id is null
  where p.invalid is null
),
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
entities as materialized (
  select 'ORDER' as entity_type, id, status from locked_orders
  union all
  select 'INVOICE', id, status from locked_invoices
),
linked as materialized (
  select k.n, e.status as entity_status, l.id as link_id
  from known k
  left join entities e on e.entity_type = k.entity_type and e.id = k.known_id
  left join lateral (
    select l.id from links l
    where l.integration_id = k.integration_id and l.entity_type = k.entity_type and l.entity_id = k.known_id
  ) l on true
),
locked_links as materialized (
  select l.id, l.external_id, l.source_at, l.source_rank from links l
  where l.id = any (array(select link_id from linked where entity_status is not null))
  order by l.id for no key update skip locked
),
judged as materialized (
  select k.*, d.entity_status, d.link_id, l.external_id as link_external_id,
    case when l.source_at is not null then array[extract(epoch from l.source_at), l.source_rank] end as applied_position,
    case
      when k.known_id is null then 'UNKNOWN_ENTITY'
      when d.entity_status is null or (d.link_id is not null and l.id is null) then 'BUSY'
      when d.link_id is null then 'UNLINKED'
      when k.source_status is not null and k.new_status is null then 'UNMAPPED_STATUS'
    end as obstacle
  from known k join linked d on d.n = k.n left join locked_links l on l.id = d.link_id
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
    over (partition by entity_type, known_id order by n rows between unbounded preceding and 1 preceding) as trace
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
    jsonb_build_object('status', status, 'eventType', event_type, 'entityType', entity_type, 'errorCode', error_code, 'errorMessage', error_message, 'entityId', known_id,
      'externalId', coalesce(external_id, link_external_id),
      'entityStatus', case when error_code is null then coalesce(new_status, previous_status) else previous_status end) as answer
  from settled s
),
${keep},
applied as materialized (
  select v.* from verdicts v join kept k on k.id = v.id where v.error_code is null
),
order_writes as (
  update orders o
  set status = coalesce(a.status, o.status), tracking_numbers = coalesce(a.tracking_numbers, o.tracking_numbers), updated_at = now()
  from (
    select known_id, (array_agg(new_status order by n desc) filter (where new_status is not null))[1] as status,
      (select b.tracking_numbers from applied b
       where b.known_id = a.known_id and cardinality(b.tracking_numbers) > 0 order by b.n desc limit 1) as tracking_numbers
    from applied a where entity_type = 'ORDER' group by known_id
    having bool_or(changed) or bool_or(cardinality(tracking_numbers) > 0)
  ) a
  where o.id = a.known_id
  returning o.id
),
invoice_writes as (
  update invoices v
  set status = coalesce(a.status, v.status), paid_at = coalesce(a.paid_at, v.paid_at),
    paid_amount = coalesce(a.paid_amount, v.paid_amount), updated_at = now()
  from (
    select known_id, (array_agg(new_status order by n desc) filter (where new_status is not null))[1] as status,
      (array_agg(paid_at order by n desc) filter (where paid_at is not null))[1] as paid_at,
      (array_agg(paid_amount order by n desc) filter (where paid_amount is not null))[1] as paid_amount
    from applied where entity_type = 'INVOICE' group by known_id
    having bool_or(changed) or count(paid_at) > 0 or count(paid_amount) > 0
  ) a
  where v.id = a.known_id
  returning v.id
),
link_writes as (
  update links l
  set source_at = a.at, source_rank = case when l.source_at = a.at then greatest(l.source_rank, a.rank) else a.rank end,
    external_id = coalesce(l.external_id, a.external_id)
  from (
    select link_id, max(occurred_at) as at, (max(array[extract(epoch from occurred_at), coalesce(rank, 0)]))[2] as rank,
      (array_agg(external_id order by n) filter (where external_id is not null))[1] as external_id
    from applied group by link_id
  ) a
  where l.id = a.link_id
),
sync_rows as (
  insert into sync_events (merchant_id, integration_id, entity_type, entity_id, external_id, operation, direction, status,
    payload, error_code, error_message, max_attempts, idempotency_key, processed_at)
  select merchant_id, integration_id, entity_type, known_id, coalesce(external_id, link_external_id), 'STATUS_CHANGE', 'INBOUND',
    case status when 'PROCESSED' then 'SUCCESS' when 'FAILED' then 'FAILED' else 'SKIPPED' end,
    jsonb_build_object('webhookEventId', id, 'eventType', event_type, 'sourceStatus', source_status, 'status', new_status,
      'previousStatus', previous_status, 'occurredAt', event -> 'occurredAt'),
    error_code, error_message, 1, event_id, clock_timestamp()
  from verdicts v
  where known_id is not null and exists (select from kept k where k.id = v.id)
  order by n
  returning id, integration_id, idempotency_key, status
),
change_rows as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
  select kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data
  from (
    select v.n, 1 as place, 'webhook_event.status_changed' as kind, v.merchant_id, v.entity_type,
      coalesce(v.known_id, v.id) as entity_id, v.integration_id, null::bigint as sync_event_id,
      jsonb_build_object('webhookEventId', v.id, 'eventType', v.event_type, 'previousStatus', v.previous, 'newStatus', v.status,
        'errorCode', v.error_code) as data
    from verdicts v join kept k on k.id = v.id
    union all
    select v.n, 2, 'sync_event.status_changed', v.merchant_id, v.entity_type, v.known_id, v.integration_id, s.id,
      jsonb_build_object('previousStatus', null, 'newStatus', s.status, 'errorCode', v.error_code)
    from verdicts v join sync_rows s on s.integration_id = v.integration_id and s.idempotency_key = v.event_id
    union all
    select v.n, 3, lower(v.entity_type) || '.status_changed', v.merchant_id, v.entity_type, v.known_id, v.integration_id, s.id,
      jsonb_build_object('previousStatus', v.previous_status, 'newStatus', v.new_status, 'sourceStatus', v.source_status,
        'externalId', coalesce(v.external_id, v.link_external_id), 'occurredAt', v.event -> 'occurredAt')
    from applied v
    join sync_rows s on s.integration_id = v.integration_id and s.idempotency_key = v.event_id
    join (select id from order_writes union all select id from invoice_writes) w on w.id = v.known_id
    where v.changed
  ) c
  order by n, place
)
select i.n::int as n, coalesce(s.id, k.id, i.id) as id, coalesce(s.answer, v.answer)::text as answer, p.invalid,
  i.merchant_id, i.integration_id, v.entity_type, v.known_id,
  case
    when s.n is not null then 'STORED'
    when p.invalid is not null then 'INVALID'
    when v.status is null then v.error_code
    when k.id is null then 'LOST'
    else 'KEPT'
  end as outcome
from incoming i
left join stored s on s.n = i.n
left join parsed p on p.n = i.n
left join verdicts v on v.n = i.n
left join kept k on k.id = v.id
order by i.n`;

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
