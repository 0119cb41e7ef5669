import { judgeEvents } from './judge-events.js';
import { INBOX_KINDS, INBOX_NOUNS, type InboxKind } from './nouns.js';
import { writeEffects } from './write-effects.js';

/**
 * The one statement that stores and applies webhook events, in its two forms: for events that arrive and for events
 * that are kept. Its steps: `incoming` → `known` (which entity) → locks in id order, entities before links → `verdicts`
 * → `kept` (the webhook event) → the entity, its link, the inbound sync event → changes, last.
 *
 * No step is joined to another: the planner, which expects one row of each, would compare every row with every row. What
 * a step needs of another it looks up in a map (`held_…`), by a hashed `in (…)` (hence `is true`), or carries along.
 */
/**
 * Arrived events as parallel text arrays, so that a value that PostgreSQL cannot read is judged and does not fail the rest.
 * Bodies and headers are taken from their arrays where they are stored: no step in between carries them.
 */
const ARRIVED = `
incoming as materialized (
  select a.n::int as n, a.id, a.merchant_id, a.integration_id, a.event_id, ltrim(a.body, U&'\\FEFF') as body, a.event::jsonb as event, a.traceparent,
    now() as received_at, null::text as previous, w.id as stored_id, w.answer as stored_answer
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $7::text[], $8::text[])
    with ordinality as a (id, merchant_id, integration_id, event_id, body, event, traceparent, n)
  left join lateral (
    select w.id, w.answer from webhook_events w
    where w.integration_id = a.integration_id and w.event_id = a.event_id limit 1
  ) w on true
)`;

const KEEP_ARRIVED = `
kept as (
  insert into webhook_events (id, merchant_id, integration_id, event_id, event_type, entity_type, entity_id, external_id,
    status, payload, event, raw_body, headers, answer, error_code, error_message, occurred_at, dated_at, traceparent, processed_at)
  select id, merchant_id, integration_id, event_id, event_type, entity_type, known_id, external_id,
    status, coalesce(($9::text[])[n], ($5::text[])[n])::jsonb, event, convert_to(($5::text[])[n], 'UTF8'), ($6::text[])[n]::jsonb, answer, error_code, error_message, occurred_at, dated_at, traceparent,
    case when status <> 'FAILED' then clock_timestamp() end
  from verdicts where status is not null
  -- Of one event twice in a batch the first is kept: only that one knows what it changed.
  order by integration_id, event_id, n
  on conflict (integration_id, event_id) do nothing
  returning id
)`;

/**
 * Kept events that were not applied, in the order in which they happened. Waits for whoever else judges them: that one may
 * have begun before their entity appeared.
 */
const KEPT_BEFORE = `
reapplied as materialized (
  select * from webhook_events
  where id = any ($1::text[]) and (status = 'FAILED' or $3 and status <> 'PROCESSED') and (entity_type = 'CUSTOMER') = $2
  order by id for update
),
incoming as materialized (
  select (row_number() over (order by occurred_at, created_at, id))::int as n, id, merchant_id, integration_id, event_id,
    null::text as body, event, traceparent, created_at as received_at, status as previous, null::text as stored_id, null::jsonb as stored_answer
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

const ANSWER = `
select n, stored_id as id, stored_answer::text as answer, null as invalid, merchant_id, integration_id,
  null as entity_type, null as known_id, 'STORED' as outcome
from incoming where stored_id is not null
union all
select n, id, null, invalid, merchant_id, integration_id, entity_type, null, 'INVALID'
from parsed where invalid is not null
union all
select n, id, answer::text, null, merchant_id, integration_id, entity_type, known_id,
  case when status is null then error_code when (id in (select id from kept)) is true then 'KEPT' else 'LOST' end
from verdicts
order by n`;

function apply(incoming: string, keep: string, kinds: readonly InboxKind[], contents: boolean): string {
  const nouns = INBOX_NOUNS.filter(({ type }) => kinds.includes(type));
  return `with ${[incoming, judgeEvents(nouns.length > 0 ? nouns : INBOX_NOUNS), keep, writeEffects(kinds, contents)].join(',')}\n${ANSWER}`;
}

/** Statements that accept events of one kind alone: half of the time of a small batch is the start of a long plan. */
const ACCEPT_ONE = new Map(
  INBOX_KINDS.map((kind) => [kind, { name: `inbox-accept-${kind}`, text: acceptOf([kind], false) }]),
);
const ACCEPT_ANY = { name: 'inbox-accept', text: acceptOf(INBOX_KINDS, true) };

function acceptOf(kinds: readonly InboxKind[], contents: boolean): string {
  return apply(ARRIVED, KEEP_ARRIVED, kinds, contents);
}

/** The statement for events of these kinds; `CONTENTS` among them: some tell of an order beside its status. `$1`–`$9`: id, merchant, integration, event id, body, headers, event, traceparent, the body with its secrets masked or null. */
export function acceptStatement(kinds: ReadonlySet<string>): { name: string; text: string } {
  const [kind] = kinds;
  return (kinds.size === 1 && ACCEPT_ONE.get(kind as InboxKind)) || ACCEPT_ANY;
}

/** `$1`: ids of kept webhook events that were not applied; `$2`: those of customers, or those of all else; `$3`: those that were ignored or dismissed, too. */
export const REAPPLY = apply(KEPT_BEFORE, KEEP_AGAIN, INBOX_KINDS, true);
