import type { Logger } from 'pino';
import type { Attempt, ClaimedLane } from './lane.js';

/** The one wide line per attempt. */
export function logAttempt(log: Logger, lane: ClaimedLane, { event, result, durationMs, exchanges }: Attempt): void {
  const fields = {
    syncEventId: event.id,
    laneId: lane.id,
    integrationId: lane.target.integrationId,
    merchantId: event.merchantId,
    entityType: event.entityType,
    entityId: event.entityId,
    operation: event.operation,
    attempt: event.attempt,
    maxAttempts: event.maxAttempts,
    outcome: result.kind,
    code: result.kind === 'delivered' ? null : result.code,
    httpStatus: exchanges.at(-1)?.response?.status ?? null,
    calls: exchanges.length,
    durationMs,
  };
  if (result.kind === 'delivered') log.info(fields, 'attempt');
  else log.warn(fields, 'attempt');
}
