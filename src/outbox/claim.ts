import type pg from 'pg';
import type { ClaimedEvent, ClaimedLane, DispatchTarget } from './lane.js';
import { CLAIM } from './sql/claim.js';

/** How many lanes of one integration are wanted. */
export interface Wanted {
  target: DispatchTarget;
  lanes: number;
}

/** Events that one claim takes from a lane, where it may take several. */
const EVENTS_PER_LANE = 16;

type Row = Omit<ClaimedEvent, 'seq' | 'id' | 'started'> & {
  laneId: string;
  integrationId: string;
  token: string;
  head: string;
  externalId: string | null;
  openId: string | null;
  openKey: string;
  openPayload: string | null;
  openAttempts: number;
  id: string | null;
  seq: string;
  /** Whether it may be sent now. */
  ready: boolean;
};

/** Claims lanes for this instance, each for `leaseMs` from now. */
export async function claim(
  pool: pg.Pool,
  wanted: readonly Wanted[],
  instanceId: number,
  leaseMs: number,
): Promise<ClaimedLane[]> {
  const leaseEndsAt = performance.now() + leaseMs;
  const values = [
    wanted.map(({ target }) => target.integrationId),
    wanted.map(({ lanes }) => lanes),
    wanted.map(({ target }) => eventsPerLane(target)),
    wanted.map(({ target }) => target.policy.ratePerSecond),
    instanceId,
    leaseMs,
  ];
  const { rows } = await pool.query<Row>({ name: 'outbox-claim', text: CLAIM, values });
  const targets = new Map(wanted.map(({ target }) => [target.integrationId, target]));
  return group(rows, targets, leaseEndsAt);
}

/** Several only where a repeated event does no harm, and where a call is not a matter of tokens. */
const eventsPerLane = ({ honoursIdempotencyKeys, policy }: DispatchTarget) =>
  honoursIdempotencyKeys && policy.ratePerSecond === null ? EVENTS_PER_LANE : 1;

function group(rows: Row[], targets: Map<string, DispatchTarget>, leaseEndsAt: number): ClaimedLane[] {
  const lanes: ClaimedLane[] = [];
  let isComplete = false;
  for (const row of rows) {
    let lane = lanes.at(-1);
    if (lane?.id !== row.laneId) {
      const target = targets.get(row.integrationId);
      if (!target) continue;
      lane = toLane(row, target, leaseEndsAt);
      lanes.push(lane);
      isComplete = false;
    }
    if (row.id === null || !row.ready) isComplete = true;
    else if (!isComplete) lane.events.push(toEvent(row, row.id, lane.events.length === 0));
  }
  return lanes;
}

function toLane(row: Row, target: DispatchTarget, leaseEndsAt: number): ClaimedLane {
  const { laneId, token, head, externalId, openId, openKey, openPayload, openAttempts } = row;
  const openCreate = openId
    ? { syncEventId: openId, idempotencyKey: openKey, payload: openPayload, attempts: openAttempts }
    : null;
  return { id: laneId, token, head: BigInt(head), target, externalId, openCreate, events: [], leaseEndsAt };
}

function toEvent(row: Row, id: string, started: boolean): ClaimedEvent {
  const { merchantId, entityType, entityId, operation, payload, previous } = row;
  const { attempt, forgiven, maxAttempts, idempotencyKey, traceparent } = row;
  const subject = { merchantId, entityType, entityId, operation, payload };
  const tries = { attempt, forgiven, maxAttempts, idempotencyKey, traceparent };
  return { id, seq: BigInt(row.seq), ...subject, previous, started, ...tries };
}
