import type pg from 'pg';
import { HubError } from '../errors.js';
import { newId } from '../model/ids.js';
import { maskJson } from '../model/mask-secrets.js';
import type { Acceptance, ReceivedEvent } from './events.js';
import { rankOf } from './rank.js';
import { fieldsOf, saidBy } from './said-by.js';
import { acceptStatement } from './sql/apply-events.js';
import { databaseError, isAboutData, isAboutLocks } from './sql-errors.js';

type Settled = PromiseSettledResult<Acceptance | null>;

/** One row of the statements' answer. */
export interface Outcome {
  n: number;
  id: string;
  answer: string | null;
  invalid: string | null;
  merchant_id: string;
  integration_id: string;
  entity_type: string;
  known_id: string;
  /**
   * `KEPT`: stored and judged now. `STORED`: it was before. `LOST`: another transaction stored it meanwhile.
   * The rest was not stored: `INVALID`, or to be done again: `UNLINKED` (its link is missing), `QUEUED`
   * (after an event of the same entity that is in the same batch), `BUSY` (its entity is held).
   */
  outcome: 'KEPT' | 'STORED' | 'LOST' | 'INVALID' | 'UNLINKED' | 'QUEUED' | 'BUSY';
}

const LOCK_TRIES = 3;

/** Links for entities that were found by hub id or number before anything was sent: merchant, integration, type, entity. */
const ADD_LINKS = `
insert into links (merchant_id, integration_id, entity_type, entity_id)
select distinct on (2, 3, 4) * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as l (merchant_id, integration_id, entity_type, entity_id)
order by 2, 3, 4
on conflict do nothing`;

/** Answers of events that another transaction stored meanwhile: integration, event id. */
const STORED_ANSWERS = `
select k.n::int as n, w.id, w.answer::text as answer
from unnest($1::text[], $2::text[]) with ordinality as k (integration_id, event_id, n)
join webhook_events w on w.integration_id = k.integration_id and w.event_id = k.event_id`;

/**
 * Stores and applies a batch; one bad event never fails its neighbours. Null: not stored, because its entity is held by
 * another transaction. Rejects as a whole with DATABASE_UNAVAILABLE.
 */
export async function acceptBatch(pool: pg.Pool, batch: ReceivedEvent[], tries = LOCK_TRIES): Promise<Settled[]> {
  const [others, customers] = apart(batch);
  if (others.length > 0 && customers.length > 0) {
    const first = await acceptBatch(pool, pick(batch, others), tries);
    const second = await acceptBatch(pool, pick(batch, customers), tries);
    return batch.map((_, index) => (first[others.indexOf(index)] ?? second[customers.indexOf(index)]) as Settled);
  }
  try {
    return await answer(pool, batch, await execute(pool, batch));
  } catch (error) {
    if (isAboutLocks(error) && tries > 1) return acceptBatch(pool, batch, tries - 1);
    if (!isAboutData(error)) throw databaseError(error);
    if (batch.length === 1) return [{ status: 'rejected', reason: unstorable('body') }];
    const middle = Math.ceil(batch.length / 2);
    const first = await acceptBatch(pool, batch.slice(0, middle));
    return [...first, ...(await acceptBatch(pool, batch.slice(middle)))];
  }
}

/**
 * Places in a batch: of events about customers, where others tell of orders' customers, and of the rest. One statement writes
 * a row only once.
 */
function apart(batch: ReceivedEvent[]): [number[], number[]] {
  const isCustomer = ({ event }: ReceivedEvent) => event.entityType === 'CUSTOMER';
  const all = batch.map((_, index) => index);
  if (!batch.some(({ event }) => event.contents)) return [all, []];
  const customers = all.filter((index) => isCustomer(batch[index] as ReceivedEvent));
  return [all.filter((index) => !customers.includes(index)), customers];
}

async function answer(pool: pg.Pool, batch: ReceivedEvent[], outcomes: Outcome[]): Promise<Settled[]> {
  const settled: Settled[] = outcomes.map(toSettled);
  const again = async (
    kind: Outcome['outcome'],
    work: (events: ReceivedEvent[], rows: Outcome[]) => Promise<Settled[]>,
  ) => {
    const indexes = outcomes.flatMap((outcome, index) => (outcome.outcome === kind ? [index] : []));
    if (indexes.length === 0) return;
    const results = await work(pick(batch, indexes), pick(outcomes, indexes));
    for (const [place, index] of indexes.entries()) settled[index] = results[place] as Settled;
  };
  await again('LOST', (events) => readStored(pool, events));
  await again('UNLINKED', async (events, rows) => {
    await addLinks(pool, rows);
    return acceptBatch(pool, events);
  });
  await again('QUEUED', (events) => acceptBatch(pool, events));
  return settled;
}

const pick = <T>(list: T[], indexes: number[]): T[] => indexes.map((index) => list[index] as T);

function toSettled(outcome: Outcome): Settled {
  if (outcome.outcome === 'INVALID') return { status: 'rejected', reason: unstorable(outcome.invalid ?? 'body') };
  if (outcome.outcome === 'BUSY') return { status: 'fulfilled', value: null };
  return { status: 'fulfilled', value: toAcceptance(outcome.id, outcome.answer, outcome.outcome === 'STORED') };
}

function toAcceptance(id: string, answer: string | null, duplicate: boolean): Acceptance {
  return { ...(JSON.parse(answer ?? '{}') as Acceptance), webhookEventId: id, duplicate };
}

function unstorable(field: string): HubError {
  return new HubError('INVALID_SHAPE', `${field} has a value that cannot be stored: check its range and form.`, {
    path: [field],
  });
}

/** Links that are missing, for entities that were found; also where a concurrent transaction adds the same. */
export async function addLinks(pool: pg.Pool, rows: Outcome[]): Promise<void> {
  await pool.query(ADD_LINKS, [
    rows.map((row) => row.merchant_id),
    rows.map((row) => row.integration_id),
    rows.map((row) => row.entity_type),
    rows.map((row) => row.known_id),
  ]);
}

async function readStored(pool: pg.Pool, events: ReceivedEvent[]): Promise<Settled[]> {
  const keys = [events.map((one) => one.integrationId), events.map((one) => one.event.eventId)];
  const { rows } = await pool.query<{ n: number; id: string; answer: string }>(STORED_ANSWERS, keys);
  const byPlace = new Map(rows.map((row) => [row.n, row]));
  return events.map((_, index) => {
    const row = byPlace.get(index + 1);
    if (!row) return { status: 'rejected', reason: databaseError(new Error('A stored event is gone')) };
    return { status: 'fulfilled', value: toAcceptance(row.id, row.answer, true) };
  });
}

async function execute(pool: pg.Pool, batch: ReceivedEvent[]): Promise<Outcome[]> {
  const bodies = batch.map((one) => one.rawBody.toString('utf8'));
  const values = [
    batch.map(() => newId('WebhookEvent')),
    batch.map((one) => one.merchantId),
    batch.map((one) => one.integrationId),
    batch.map((one) => one.event.eventId),
    bodies,
    batch.map((one) => JSON.stringify(one.headers)),
    batch.map(eventText),
    batch.map((one) => one.traceparent ?? null),
    bodies.map(shownOf),
  ];
  const kinds = new Set(batch.flatMap(kindsOf));
  return (await pool.query<Outcome>({ ...acceptStatement(kinds), values })).rows;
}

const BYTE_ORDER_MARK = '\uFEFF';

/** What is shown of a body in place of itself; null: itself. The mark that some systems begin with is no JSON. */
function shownOf(body: string): string | null {
  const text = body.startsWith(BYTE_ORDER_MARK) ? body.slice(1) : body;
  return maskJson(text) ?? (text === body ? null : text);
}

const kindsOf = ({ event }: ReceivedEvent): string[] => [
  event.entityType,
  ...(event.stock ? ['INVENTORY'] : []),
  ...(event.contents ? ['CONTENTS'] : []),
];

/** The event as it is kept in `webhook_events.event`. */
export function eventText({
  event,
  strictMapping,
  failure,
  requestId,
}: Pick<ReceivedEvent, 'event' | 'strictMapping' | 'failure' | 'requestId'>): string {
  const { reference, payload: _, eventId: __, ...rest } = event;
  const rank = rankOf(event.entityType, event.status);
  const says = saidBy(event);
  const fields = fieldsOf(event);
  return JSON.stringify({
    ...rest,
    ...reference,
    rank,
    says,
    fields,
    strictMapping,
    requestId,
    ...(failure && { failure }),
  });
}
