import { type Attempt, type ClaimedLane, type Deliver, type LaneRun, NotYet } from './lane.js';
import { type Known, learn, tryEffect } from './try-effect.js';

/** A call is not started with less of the lease than this left: the clocks of two machines need not run alike. */
const LEASE_MARGIN_MS = 50;
/** When the hub itself could not try, the lane rests so long. */
const PAUSE_MS = 1000;

/** Sends the events of a claimed lane one after the other until one fails, the lease runs out or `isStopping`. */
export async function runLane(lane: ClaimedLane, deliver: Deliver, isStopping: () => boolean): Promise<LaneRun> {
  const attempts: Attempt[] = [];
  const { externalId, openCreate } = lane;
  let known: Known = { integrationId: lane.target.integrationId, externalId, openCreate };
  for (const [index, event] of lane.events.entries()) {
    const untried = lane.events.slice(index);
    if (isStopping() || performance.now() > lane.leaseEndsAt - LEASE_MARGIN_MS)
      return { lane, attempts, untried, pauseMs: null };
    const attempt = await tryEffect(event, known, deliver).catch(pauseOf);
    if (typeof attempt === 'number') return { lane, attempts, untried, pauseMs: attempt };
    attempts.push(attempt);
    if (attempt.result.kind !== 'delivered') return { lane, attempts, untried: untried.slice(1), pauseMs: null };
    known = learn(known, attempt);
  }
  return { lane, attempts, untried: [], pauseMs: null };
}

const pauseOf = (error: unknown): number => (error instanceof NotYet ? error.pauseMs : PAUSE_MS);
