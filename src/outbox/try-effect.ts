import type { DeliveryResult, Effect } from '../connectors/connector.js';
import type { Attempt, ClaimedEvent, Deliver, OpenCreate } from './lane.js';

/** What is known of an entity upstream while its lane runs. */
export interface Known {
  integrationId: string;
  externalId: string | null;
  openCreate: OpenCreate | null;
}

/**
 * Tries one event once. A create of its link that may have happened unknown to the hub is repeated first, under its own key.
 * Answered with success: the event follows as an update. Refused for good: nothing was made, and the event creates.
 * Otherwise that stays open, and the event ends as the repetition did.
 */
export async function tryEffect(event: ClaimedEvent, known: Known, deliver: Deliver): Promise<Attempt> {
  const startedAt = new Date();
  const from = performance.now();
  const open = openBefore(event, known);
  const repeated = open && (await deliver(known.integrationId, toRepetition(event, open)));
  const externalId = known.externalId ?? idOf(repeated?.result);
  const { result, exchanges } =
    open && repeated && !isSettled(repeated.result)
      ? { result: explain(repeated.result, open), exchanges: [] }
      : await deliver(known.integrationId, toEffect(event, externalId));
  return {
    event,
    result,
    exchanges: [...(repeated?.exchanges ?? []), ...exchanges],
    startedAt,
    durationMs: Math.round(performance.now() - from),
    externalIdBefore: externalId,
    repeated: repeated?.result ?? null,
  };
}

/** What is known after an attempt. */
export function learn(known: Known, { result, externalIdBefore, repeated }: Attempt): Known {
  const openCreate = repeated && isSettled(repeated) ? null : known.openCreate;
  return { ...known, externalId: idOf(result) ?? externalIdBefore, openCreate };
}

/**
 * Which create is open after a lane's last attempt: the id of its sync event, `'0'` for none, null for what it was before.
 * Wherever an earlier call of the same event may have got through, a refusal of the last one proves nothing.
 */
export function openAfter({ event, result, externalIdBefore, repeated }: Attempt): string | null {
  if (result.kind === 'delivered') return '0';
  if (externalIdBefore !== null || (repeated && !isSettled(repeated))) return null;
  if (event.operation !== 'CREATE' && event.operation !== 'UPDATE') return null;
  const mayBeMade = event.attempt > 1 || (result.kind === 'retry' && result.code !== 'UPSTREAM_RATE_LIMITED');
  return mayBeMade ? event.id : '0';
}

/** The create to repeat before this event; an open one of its own is repeated by the event itself. */
function openBefore(event: ClaimedEvent, { externalId, openCreate }: Known): OpenCreate | null {
  if (externalId !== null || openCreate === null || event.operation === 'QUERY') return null;
  return openCreate.syncEventId === event.id ? null : openCreate;
}

/** UPSTREAM_REJECTED is the upstream's word about the content of this very key; other refusals say nothing about it. */
const isSettled = (result: DeliveryResult) =>
  result.kind === 'delivered' || (result.kind === 'rejected' && result.code === 'UPSTREAM_REJECTED');

const idOf = (result: DeliveryResult | undefined) => (result?.kind === 'delivered' ? result.externalId : null);

function explain(result: DeliveryResult, { syncEventId }: OpenCreate): DeliveryResult {
  if (result.kind === 'delivered') return result;
  const reason = `The create of sync event ${syncEventId}, whose answer was lost, has to be repeated first.`;
  return { ...result, message: `${reason} ${result.message}` };
}

function toEffect(event: ClaimedEvent, externalId: string | null): Effect {
  const { id, payload, idempotencyKey, operation, entityType, entityId, attempt, traceparent } = event;
  const effect = { idempotencyKey, operation, entityType, entityId, externalId, attempt, traceparent };
  return { syncEventId: id, snapshot: parse(payload), ...effect };
}

/** Its attempt is never the first, so that a connector whose upstream honours no keys reads back. */
function toRepetition({ entityType, entityId, traceparent }: ClaimedEvent, open: OpenCreate): Effect {
  const { syncEventId, idempotencyKey, payload, attempts } = open;
  const subject = { entityType, entityId, snapshot: parse(payload), traceparent };
  return { syncEventId, idempotencyKey, operation: 'CREATE', ...subject, externalId: null, attempt: attempts + 1 };
}

const parse = (payload: string | null): Effect['snapshot'] => (payload === null ? null : JSON.parse(payload));
