import type { DeliveryPolicy, DeliveryResult, Effect } from '../connectors/connector.js';
import type { Exchange } from '../connectors/upstream/http.js';
import type { EntityType, Operation, SyncEventStatus } from '../model/statuses.js';

/** One integration that may be sent to, as the dispatcher needs to know it. */
export interface DispatchTarget {
  integrationId: string;
  policy: DeliveryPolicy;
  /** False: each event is settled before the next of its lane is sent. */
  honoursIdempotencyKeys: boolean;
}

/** What one delivery came to, with every exchange it made, secrets masked. */
export interface Delivery {
  result: DeliveryResult;
  exchanges: Exchange[];
}

/** What an effect is answered that cannot be tried yet: it counts no attempt, and its lane rests so long at most. */
export class NotYet extends Error {
  constructor(readonly pauseMs: number) {
    super(`not yet; again in ${pauseMs} ms`);
  }
}

/** Throws only when the effect was not tried at all: `NotYet`, or for example because the hub's database is away. */
export type Deliver = (integrationId: string, effect: Effect) => Promise<Delivery>;

/** A sync event of a claimed lane. */
export interface ClaimedEvent {
  id: string;
  seq: bigint;
  merchantId: string;
  entityType: EntityType;
  entityId: string;
  operation: Operation;
  /** JSON text. */
  payload: string | null;
  /** Its status before the claim. */
  previous: SyncEventStatus;
  /** The first of its lane: it is IN_PROGRESS and its attempt is counted. The others are as they were. */
  started: boolean;
  attempt: number;
  /** Attempts before the last redrive. */
  forgiven: number;
  maxAttempts: number;
  idempotencyKey: string;
  /** The trace that caused it. */
  traceparent: string | null;
}

/**
 * A create of a lane's entity that may have happened upstream although the hub does not know its id: its answer was lost.
 * As long as a link has one, it is repeated under its own key before anything else of the link is sent.
 */
export interface OpenCreate {
  syncEventId: string;
  idempotencyKey: string;
  /** JSON text. */
  payload: string | null;
  attempts: number;
}

/** A lane that this process holds until its lease ends. */
export interface ClaimedLane {
  id: string;
  token: string;
  head: bigint;
  target: DispatchTarget;
  externalId: string | null;
  openCreate: OpenCreate | null;
  events: ClaimedEvent[];
  /** On this process's monotonic clock (`performance.now()`), counted from before the claim was sent. */
  leaseEndsAt: number;
}

/** One try of one event. */
export interface Attempt {
  event: ClaimedEvent;
  result: DeliveryResult;
  exchanges: Exchange[];
  startedAt: Date;
  durationMs: number;
  /** The external id that the connector was given; null: it had to create. */
  externalIdBefore: string | null;
  /** What came of repeating the lane's open create first; null: there was none to repeat. */
  repeated: DeliveryResult | null;
}

/** A lane after its run, ready to be settled. */
export interface LaneRun {
  lane: ClaimedLane;
  attempts: Attempt[];
  /** Claimed but not tried: given back as they were. */
  untried: ClaimedEvent[];
  /** Wait so long before the untried are claimed again; null: at once. */
  pauseMs: number | null;
}
