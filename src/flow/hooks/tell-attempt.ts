import type { Attempt } from '../../outbox/lane.js';
import type { DeliveryHooks } from './delivery-hooks.js';
import type { DeliveryNotice } from './notice.js';

/** Tells the hooks how an attempt ended; a hub that dies before it has stored the end tells of the next attempt too. */
export function tellAttempt(hooks: DeliveryHooks, attempt: Attempt, integrationId: string): void {
  const { event, result } = attempt;
  const notice = noticeOf(attempt, integrationId);
  hooks.tell('afterSend', notice);
  if (result.kind === 'delivered') hooks.tell('success', notice);
  else if (result.kind === 'rejected' || event.attempt - event.forgiven >= event.maxAttempts)
    hooks.tell('failed', notice);
}

function noticeOf({ event, result, exchanges, externalIdBefore }: Attempt, integrationId: string): DeliveryNotice {
  const { id, entityType, entityId, operation, idempotencyKey, attempt, payload } = event;
  const answer = exchanges.at(-1)?.response ?? null;
  const isDelivered = result.kind === 'delivered';
  const externalId = (isDelivered ? result.externalId : null) ?? externalIdBefore;
  return {
    sync: { id, integrationId, entityType, entityId, operation, idempotencyKey, attempt, externalId },
    entity: payload === null ? null : JSON.parse(payload),
    response: answer && { status: answer.status, body: answer.body },
    error: isDelivered ? null : { code: result.code, message: result.message },
  };
}
