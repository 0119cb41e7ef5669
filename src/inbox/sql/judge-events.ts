import { TOLD_FIELDS } from '../../connectors/told-fields.js';
import type { InboxNoun } from './nouns.js';

const KINDS = Object.keys(TOLD_FIELDS)
  .map((kind) => `'${kind}'`)
  .join(', ');

const perNoun = (nouns: readonly InboxNoun[], write: (noun: InboxNoun) => string, between = '\n') =>
  nouns.map(write).join(between);

/** Senders' clocks differ a little; a time beyond this is none, since everything later would be out of date by it. */
const LATEST = `i.received_at + interval '5 minutes'`;
/** Of two senders, times that are no further apart than this do not say who was first: clocks differ, many tick in whole seconds. */
const APART_S = 5;
const utc = (time: string) => `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Every field of an event in its type; `invalid` names the one that PostgreSQL cannot read. */
const PARSE = `
parsed as materialized (
  select i.n, i.id, i.merchant_id, i.integration_id, i.event_id, i.event, i.traceparent, i.previous,
    i.event ->> 'eventType' as event_type, i.event ->> 'entityType' as entity_type,
    i.event ->> 'externalId' as external_id, i.event ->> 'entityId' as hub_id, i.event ->> 'number' as number,
    i.event ->> 'sourceStatus' as source_status, i.event ->> 'status' as new_status, (i.event ->> 'rank')::smallint as rank,
    (i.event -> 'strictMapping')::boolean as strict_mapping, i.event -> 'failure' as failure,
    coalesce((i.event -> 'namedByNumber')::boolean, false) as named_by_number,
    nullif(i.event -> 'onlyFrom', 'null') as only_from,
    case when jsonb_array_length(nullif(i.event -> 'trackingNumbers', 'null')) > 0
      then i.event -> 'trackingNumbers' end as tracking_numbers,
    case when i.told_at > ${LATEST} then i.received_at else i.told_at end as occurred_at,
    case when i.told_at > ${LATEST} then i.told_at end as dated_at,
    case when i.told_at > ${LATEST} then to_jsonb(${utc('i.received_at')}) else i.event -> 'occurredAt' end as occurred,
    case when pg_input_is_valid(i.event ->> 'paidAt', 'timestamptz') then (i.event ->> 'paidAt')::timestamptz end as paid_at,
    case when pg_input_is_valid(i.event ->> 'paidAmount', 'numeric') then (i.event ->> 'paidAmount')::numeric end as paid_amount,
    case
      when not pg_input_is_valid(i.body, 'jsonb') then 'body'
      when not coalesce(pg_input_is_valid(i.event ->> 'occurredAt', 'timestamptz'), false) then 'occurredAt'
      when not pg_input_is_valid(i.event ->> 'paidAt', 'timestamptz') then 'paidAt'
      when not (pg_input_is_valid(i.event ->> 'paidAmount', 'numeric')
        and i.event ->> 'paidAmount' !~* 'nan|inf') then 'paidAmount'
    end as invalid
  from (
    select *, case when pg_input_is_valid(event ->> 'occurredAt', 'timestamptz')
      then (event ->> 'occurredAt')::timestamptz end as told_at
    from incoming where stored_id is null
  ) i
)`;

/**
 * By the sender's id, else by the hub's id that the sender echoes, else by number, unless the entity of that number is
 * known to have another id there. The sender's id says nothing of an event that is named by its number. Always within the
 * merchant.
 */
const know = (nouns: readonly InboxNoun[]) => `
found as materialized (
  select p.*, coalesce(
    (select l.entity_id from links l
     where l.integration_id = p.integration_id and l.entity_type = p.entity_type and l.external_id = p.external_id
       and not p.named_by_number),
    case p.entity_type
${perNoun(nouns, ({ type, table }) => `when '${type}' then (select e.id from ${table} e where e.id = p.hub_id and e.merchant_id = p.merchant_id)`)}
      -- Stock is told by the integration as a whole; each row has a time of its own.
      when 'INVENTORY' then case when p.event ? 'stock' then p.integration_id end
    end,
    case p.entity_type
${perNoun(
  nouns,
  ({ type, table, number }) => `when '${type}' then (
    select e.id from ${table} e where e.merchant_id = p.merchant_id and e.${number} = p.number and not exists (
      select from links l where l.integration_id = p.integration_id and l.entity_type = '${type}' and l.entity_id = e.id
        and l.external_id <> p.external_id and not p.named_by_number))`,
)}
    end) as known_id
  from parsed p
  where p.invalid is null
),
known as materialized (
  select f.*, case when f.entity_type <> 'INVENTORY' then (
    select l.id from links l
    where l.integration_id = f.integration_id and l.entity_type = f.entity_type and l.entity_id = f.known_id) end as link_id
  from found f
)`;

/**
 * An entity that another transaction holds makes its events `BUSY`, so that it holds up no other. So does one that another has
 * changed since this statement began: what the later steps compare with is the row as the statement saw it.
 */
const lock = (nouns: readonly InboxNoun[]) => `
${perNoun(
  nouns,
  ({ type, table, status }) => `locked_${table} as materialized (
  select e.id, ${status} as status, e.xmin = (select seen.xmin from ${table} seen where seen.id = e.id) as is_as_seen
  from ${table} e
  where e.id = any (array(select known_id from known where entity_type = '${type}'))
  order by e.id for no key update skip locked
),`,
)}
held_entities as materialized (
  select coalesce(jsonb_object_agg(id, status), '{}') as by_id
  from (${perNoun(nouns, ({ table }) => `select id, status from locked_${table} where is_as_seen`, ' union all ')}) e
),
locked_links as materialized (
  select l.id, l.external_id, l.source_at, l.source_rank,
    l.state in ('PENDING', 'SYNCING') and exists (select from lanes a where a.id = l.id) as is_sending
  from links l
  where l.id = any (array(select link_id from known where (select by_id from held_entities) ? known_id))
  order by l.id for no key update skip locked
),
held_links as materialized (
  select coalesce(jsonb_object_agg(id, jsonb_build_array(external_id, extract(epoch from source_at), source_rank,
    is_sending)), '{}') as by_id
  from locked_links
),
told as materialized (
  -- Asked once the entities are locked: nobody tells of them any more meanwhile.
  select told_of(array(select distinct known_id from known where (select by_id from held_entities) ? known_id)) as by_id
)`;

/**
 * Whether another sender has told a newer status since, which this one would undo. One that repeats what the entity is undoes
 * nothing; one that names the statuses it moves from says by itself what it may undo.
 */
const IS_OVERTAKEN = `(new_status <> entity_status and only_from is null and (
        array[at, rank] < told_status and rank <= told_status[2] or at < told_status[1] - ${APART_S}
        or at < (told -> 'steps' ->> new_status)::numeric)) is true`;
/** Whether another sender has told newer fields since. */
const HAS_OLD_FIELDS = `(event ? 'fields' and at < (told ->> 'fields')::numeric) is true`;
/** While the hub's own change is on its way there, what the system says of its fields is soon overwritten, too. */
const FIELDS_COUNT = `(link -> 3) is distinct from 'true' and not ${HAS_OLD_FIELDS}`;

/**
 * In the order of arrival, each event compared with what is applied and with those before it. What an event that names the
 * statuses it moves from, or one of another sender, comes to depends on what became of every event before it: from the first
 * such on, an entity's events are `QUEUED` for a statement of their own, unless they are the first of their entity.
 */
const JUDGE = `
looked_up as materialized (
  select k.*, (select by_id from held_entities) ->> k.known_id as entity_status,
    (select by_id from held_links) -> k.link_id::text as link, (select by_id from told) -> k.known_id as told,
    extract(epoch from k.occurred_at) as at,
    row_number() over of_entity > 1 and (bool_or(only_from is not null) over of_entity
      or min(link_id) over of_entity <> max(link_id) over of_entity) as must_queue
  from known k
  window of_entity as (partition by known_id order by n rows unbounded preceding)
),
compared as (
  select u.*, array[(told -> 'status' ->> 0)::numeric, (told -> 'status' ->> 1)::numeric] as told_status from looked_up u
),
judged as (
  select u.*, ${IS_OVERTAKEN} as is_overtaken, ${HAS_OLD_FIELDS} as has_old_fields, ${FIELDS_COUNT} as fields_count, u.link ->> 0 as link_external_id,
    case when u.link ->> 1 is not null then array[(u.link ->> 1)::numeric, (u.link ->> 2)::numeric] end as applied_position,
    case
      when u.failure is not null then u.failure ->> 'code'
      when u.known_id is null then 'UNKNOWN_ENTITY'
      when u.entity_type = 'INVENTORY' then null
      when u.entity_status is null or (u.link_id is not null and u.link is null) then 'BUSY'
      when u.must_queue then 'QUEUED'
      when u.link_id is null then 'UNLINKED'
      when u.source_status is not null and u.new_status is null then 'UNMAPPED_STATUS'
    end as obstacle
  from compared u
),
ranked as (
  select j.*, coalesce(obstacle, case when is_overtaken or has_old_fields and event ->> 'fields' = 'ALL' then 'OUT_OF_DATE' end)
    as hindrance
  from judged j
),
placed as (
  select j.*, max(array[at, coalesce(rank, 0)]) filter (where hindrance is null)
    over (partition by link_id order by n rows between unbounded preceding and 1 preceding) as earlier_position
  from ranked j
),
ruled as (
  select p.*,
    coalesce(hindrance, case when array[at, coalesce(rank, 1000)]
      < greatest(applied_position, earlier_position) and entity_type <> 'INVENTORY' then 'OUT_OF_DATE' end) as ruling
  from placed p
),
barred as (
  select r.*, coalesce(ruling, case when new_status is not null and not only_from || to_jsonb(new_status) ? entity_status
    then 'OUT_OF_DATE' end) as error_code
  from ruled r
),
traced as (
  select b.*, array_agg(new_status) filter (where error_code is null and new_status is not null)
    over (partition by known_id order by n rows between unbounded preceding and 1 preceding) as trace
  from barred b
),
settled as (
  select t.*, coalesce(trace[cardinality(trace)], entity_status) as previous_status,
    case
      when error_code in ('BUSY', 'QUEUED', 'UNLINKED') then null
      when error_code is null then 'PROCESSED'
      when error_code = 'UNKNOWN_ENTITY' or (failure is not null and error_code <> 'EVENT_NOT_REGISTERED')
        or (error_code = 'UNMAPPED_STATUS' and strict_mapping) then 'FAILED'
      else 'IGNORED'
    end as status,
    case error_code
      when 'UNKNOWN_ENTITY' then format('The hub does not know this %s yet; the event is applied when it appears.', replace(lower(entity_type), '_', ' '))
      when 'UNMAPPED_STATUS' then format('The status %s is not mapped; nothing was changed. Add it to the mappings of the integration.', source_status)
      when 'OUT_OF_DATE' then case when ruling is null
        then format('The %s is %s by now, which this event does not change.', replace(lower(entity_type), '_', ' '), coalesce(trace[cardinality(trace)], entity_status))
        else 'A newer event has been applied already; nothing was changed.' end
      else failure ->> 'message'
    end as error_message
  from traced t
),
verdicts as materialized (
  select s.*, error_code is null and new_status is not null and new_status <> previous_status as changed,
    jsonb_build_object('status', status, 'eventType', event_type, 'entityType', entity_type, 'errorCode', error_code,
      'errorMessage', error_message, 'says', case when link -> 3 = 'true' and event ->> 'says' = 'FIELDS'
        and (entity_type in (${KINDS}) or event ? 'contents' and not event ? 'trackingNumbers' and link ->> 0 is not null) then '"OVERTAKEN"' else event -> 'says' end, 'entityId', known_id, 'externalId', coalesce(external_id, link_external_id),
      'entityStatus', nullif(case when error_code is null then coalesce(new_status, previous_status) else previous_status end, ''),
      'requestId', event -> 'requestId', 'answeredAt', ${utc('now()')}) as answer
  from settled s
)`;

/**
 * `incoming` → `verdicts`: what each event is about, of these nouns, and what becomes of it. Writes nothing, locks what it is
 * about.
 */
export const judgeEvents = (nouns: readonly InboxNoun[]): string => [PARSE, know(nouns), lock(nouns), JUDGE].join(',');
