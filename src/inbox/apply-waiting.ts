import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { addLinks, eventText, type Outcome } from './accept-batch.js';
import type { Appeared, ReceivedEvent } from './events.js';
import { REAPPLY } from './sql/apply-events.js';
import { INBOX_NOUNS } from './sql/nouns.js';
import { databaseError } from './sql-errors.js';

const BATCH = 500;

/** Waits between tries while another transaction holds the entity: 4.6 s in all. */
export const HELD_DELAYS_MS = [5, 10, 20, 40, 80, 160, 320, 500, 500, 500, 500, 500, 500, 500, 500];

const WAITING = `status = 'FAILED' and error_code = 'UNKNOWN_ENTITY'`;

const FIND_BY_EXTERNAL_ID = `
select id from webhook_events where ${WAITING} and integration_id = $1 and entity_type = $2 and external_id = $3`;

/** Each arm has an index of its own. */
const FIND_BY_ENTITY = `
select id from webhook_events where ${WAITING} and merchant_id = $1 and entity_type = $2 and event ->> 'entityId' = $3
union
select id from webhook_events where ${WAITING} and merchant_id = $1 and entity_type = $2 and event ->> 'number' = $4`;

const FIND_STRAGGLERS = `
select w.id from webhook_events w
where ${WAITING} and (
  exists (select from links l
    where l.integration_id = w.integration_id and l.entity_type = w.entity_type and l.external_id = w.external_id)
  ${INBOX_NOUNS.map(
    ({ type, table, number }) => `or exists (select from ${table} e
    where w.entity_type = '${type}' and e.merchant_id = w.merchant_id
      and (e.id = w.event ->> 'entityId' or e.${number} = w.event ->> 'number'))`,
  ).join('\n  ')})
order by w.created_at, w.id limit 5000`;

/** Applies what waits for this entity; answers how many are judged otherwise now. */
export async function applyWaiting(pool: pg.Pool, entity: Appeared): Promise<number> {
  const { entityType } = entity;
  const ids =
    'externalId' in entity
      ? await findIds(pool, FIND_BY_EXTERNAL_ID, [entity.integrationId, entityType, entity.externalId])
      : await findIds(pool, FIND_BY_ENTITY, [entity.merchantId, entityType, entity.entityId, entity.number]);
  return reapply(pool, ids);
}

/** Applies what waits although its entity is there. */
export async function applyStragglers(pool: pg.Pool): Promise<number> {
  return reapply(pool, await findIds(pool, FIND_STRAGGLERS, []));
}

/** What the connector makes of kept events now: id, event. */
const REWRITE_EVENTS = `
update webhook_events w set event = r.event::jsonb
from unnest($1::text[], $2::text[]) as r (id, event)
where w.id = r.id and w.status <> 'PROCESSED'`;

/** A kept event and what its connector makes of its bytes now. */
export interface ReplayedEvent extends Pick<ReceivedEvent, 'event' | 'strictMapping' | 'failure'> {
  webhookEventId: string;
}

/** Judges kept events again after mappings have changed; answers how many came out otherwise than before. */
export async function replay(pool: pg.Pool, events: ReplayedEvent[]): Promise<number> {
  const ids = events.map(({ webhookEventId }) => webhookEventId);
  await pool.query(REWRITE_EVENTS, [ids, events.map(eventText)]).catch((error: unknown) => {
    throw databaseError(error);
  });
  return reapply(pool, ids, true);
}

async function findIds(pool: pg.Pool, text: string, values: unknown[]): Promise<string[]> {
  try {
    return (await pool.query<{ id: string }>(text, values)).rows.map(({ id }) => id);
  } catch (error) {
    throw databaseError(error);
  }
}

/**
 * Applies kept events again, in the order in which they happened; answers how many came out otherwise than before.
 * `ignoredToo`: a person asks for it. Else one that was dismissed since its id was read stays so.
 */
export async function reapply(pool: pg.Pool, ids: string[], ignoredToo = false): Promise<number> {
  let judged = 0;
  for (let start = 0; start < ids.length; start += BATCH)
    judged += await reapplyBatch(pool, ids.slice(start, start + BATCH), ignoredToo);
  return judged;
}

/** Those whose entity is held for long stay as they are, for the stragglers' job. */
async function reapplyBatch(pool: pg.Pool, ids: string[], ignoredToo: boolean): Promise<number> {
  let judged = 0;
  let open = ids;
  for (let tries = 0; open.length > 0 && tries < HELD_DELAYS_MS.length; ) {
    const outcomes = await execute(pool, open, ignoredToo);
    const of = (...wanted: Outcome['outcome'][]) => outcomes.filter(({ outcome }) => wanted.includes(outcome));
    const unlinked = of('UNLINKED');
    if (unlinked.length > 0) await addLinks(pool, unlinked);
    judged += of('KEPT').length;
    const before = open.length;
    open = of('UNLINKED', 'QUEUED', 'BUSY').map(({ id }) => id);
    if (open.length < before) continue;
    if (unlinked.length === 0) await sleep(HELD_DELAYS_MS[tries]);
    tries += 1;
  }
  return judged;
}

/** What is told of customers after what orders tell of theirs: one statement writes a row only once. */
async function execute(pool: pg.Pool, ids: string[], ignoredToo: boolean): Promise<Outcome[]> {
  const of = async (some: string[], areCustomers: boolean) =>
    (await pool.query<Outcome>({ name: 'inbox-reapply', text: REAPPLY, values: [some, areCustomers, ignoredToo] }))
      .rows;
  try {
    const outcomes = await of(ids, false);
    const judged = new Set(outcomes.map(({ id }) => id));
    const left = ids.filter((id) => !judged.has(id));
    return left.length > 0 ? [...outcomes, ...(await of(left, true))] : outcomes;
  } catch (error) {
    throw databaseError(error);
  }
}
