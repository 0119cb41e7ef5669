import type { Effect } from '../connectors/connector.js';
import type { Attempt, ClaimedEvent, ClaimedLane, Deliver, LaneRun } from './lane.js';

/** A call is not started with less of the lease than this left: the clocks of two machines need not run alike. */
const LEASE_MARGIN_MS = 50;
/** When the hub itself could not try, the lane rests so long. */
const PAUSE_MS = 1000;

/** Sends the events of a claimed lane one after the other until one fails, the lease runs out or `isStopping`. */
export async function runLane(lane: ClaimedLane, deliver: Deliver, isStopping: () => boolean): Promise<LaneRun> {
  const attempts: Attempt[] = [];
  let externalId = lane.externalId;
  for (const [index, event] of lane.events.entries()) {
    const untried = lane.events.slice(index);
    if (isStopping() || performance.now() > lane.leaseEndsAt - LEASE_MARGIN_MS)
      return { lane, attempts, untried, pauseMs: null };
    const attempt = await tryOnce(lane, event, externalId, deliver).catch(() => null);
    if (!attempt) return { lane, attempts, untried, pauseMs: PAUSE_MS };
    attempts.push(attempt);
    if (attempt.result.kind !== 'delivered') return { lane, attempts, untried: untried.slice(1), pauseMs: null };
    externalId = attempt.result.externalId ?? externalId;
  }
  return { lane, attempts, untried: [], pauseMs: null };
}

async function tryOnce(
  lane: ClaimedLane,
  event: ClaimedEvent,
  externalIdBefore: string | null,
  deliver: Deliver,
): Promise<Attempt> {
  const startedAt = new Date();
  const from = performance.now();
  const { result, exchanges } = await deliver(lane.target.integrationId, toEffect(event, externalIdBefore));
  const durationMs = Math.round(performance.now() - from);
  return { event, result, exchanges, startedAt, durationMs, externalIdBefore };
}

function toEffect(event: ClaimedEvent, externalId: string | null): Effect {
  const { id, idempotencyKey, operation, entityType, entityId, attempt } = event;
  const snapshot = event.payload === null ? null : JSON.parse(event.payload);
  return { syncEventId: id, idempotencyKey, operation, entityType, entityId, snapshot, externalId, attempt };
}
