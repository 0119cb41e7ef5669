import type { Tx } from '../../db/database.js';
import type { PassedOver } from '../../outbox/outbox.js';
import { kindOf } from '../lock-entity.js';
import type { Sendable } from '../sendable.js';
import { SYNC_MUTATION } from './sync-mutation.js';

/** So often two systems may answer each other about one entity while nobody changes or sends it here. */
const MOST_ROUNDS = 10;
const ROUNDS_WITHIN = '24 hours';
/** So many of the entity's newest sync events are looked at, however many there are. */
const MOST_EVENTS = 1000;
/** What a system says of an entity so soon after it was sent it is what it has made of it. */
const ANSWERS_WITHIN = '1 minute';
/** Once may be somebody there who was quick; the same again is the system itself. A status is no form: who moves it there means it. */
const TIMES_ANSWERED = 2;

/**
 * `$1` entity, `$2` its kind, `$3` who is to be sent `$4`, the news of `$5`. Rounds are counted since somebody else had a hand in
 * it, or the two had come to rest.
 */
const ROUNDS = `
with ours as (
  select id, integration_id, direction, status, error_code, told_by, payload, created_at, processed_at
  from (select * from sync_events where entity_id = $1 order by id desc limit ${MOST_EVENTS}) newest
  where entity_type = $2 and created_at > now() - interval '${ROUNDS_WITHIN}'
),
begun as (
  select coalesce(max(id), 0) as id from ours where direction = 'OUTBOUND' and (told_by is null and status <> 'SKIPPED'
    or error_code = 'ALREADY_SENT' and (integration_id, told_by) in (($3, $5), ($5, $3)))
),
news as (
  select integration_id, told_by from ours where direction = 'OUTBOUND' and status <> 'SKIPPED' and id > (select id from begun)
),
sent as (
  select o.*, (select min(a.started_at) from sync_attempts a where a.sync_event_id = o.id) as started_at,
    array(select n.key from jsonb_each($4::jsonb) n
      where n.key <> 'updatedAt' and n.value is distinct from o.payload -> n.key order by n.key) as fields,
    lag(id) over (order by id desc) as next_id
  from ours o where integration_id = $3 and direction = 'OUTBOUND' and status <> 'SKIPPED' order by id desc limit ${TIMES_ANSWERED}
),
answered as (
  select s.id from sent s cross join lateral (
    select max(created_at) as created_at, bool_or(payload ->> 'status' <> payload ->> 'previousStatus'
      and created_at >= least(s.started_at, s.processed_at)) as has_moved
    from ours where integration_id = $3 and direction = 'INBOUND' and status = 'SUCCESS'
      and (s.next_id is null or id < s.next_id)) a
  where s.status = 'SUCCESS' and s.fields = '{}' and a.created_at >= least(s.started_at, s.processed_at)
    and a.created_at <= s.processed_at + interval '${ANSWERS_WITHIN}' and a.has_moved is not true
)
select (select count(*) from answered) = ${TIMES_ANSWERED} as "hasAnswered",
  coalesce((select fields from sent order by id desc limit 1), '{}') as fields,
  least((select count(*) from news where (integration_id, told_by) = ($3, $5)),
    (select count(*) from news where (integration_id, told_by) = ($5, $3)))::int as rounds`;

interface Rounds {
  hasAnswered: boolean;
  /** In which what is to be sent differs from what was sent last. */
  fields: string[];
  rounds: number;
}

/**
 * Whether the news of one system (`from`) must not be sent on to another: because that has been sent just this, twice, and keeps it
 * in a form of its own, or because the two have answered each other too often. Null: it is sent.
 */
export async function findRoundsEnd(
  tx: Tx,
  { integrationId, payload, entityType, entityId }: Sendable & { integrationId: string; payload: unknown },
  from: string,
): Promise<PassedOver | null> {
  const values = [entityId, entityType, integrationId, JSON.stringify(payload), from];
  const [known] = await tx.sql<Rounds>(ROUNDS, values);
  if (!known) return null;
  const { hasAnswered, fields, rounds } = known;
  if (hasAnswered) {
    const reason = `${integrationId} was sent exactly this twice and answered each time at once with a form of its own: it is not sent again.`;
    return { code: 'ALREADY_SENT', state: 'SYNCED', reason };
  }
  if (rounds < MOST_ROUNDS) return null;
  const differs = fields.length > 0 ? ` They differ in: ${fields.join(', ')}.` : '';
  const reason =
    `${from} and ${integrationId} have answered each other ${rounds} times within ${ROUNDS_WITHIN} about this ${kindOf(entityType)}, ` +
    `which nobody has changed here: it is not sent on.${differs} ` +
    `Have both write that alike by a field mapping, then send it by ${SYNC_MUTATION[entityType]}.`;
  return { code: 'SYNC_LOOP', state: 'SKIPPED', reason };
}
