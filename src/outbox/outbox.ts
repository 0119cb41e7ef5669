import type { Tx } from '../db/database.js';
import type { EntityType, Operation } from '../model/statuses.js';

/** An effect to be accepted: its row is written in the caller's transaction. */
export interface NewSyncEvent {
  merchantId: string;
  integrationId: string;
  entityType: EntityType;
  /** The public id; the integration's id for work on the integration as a whole. */
  entityId: string;
  operation: Operation;
  /** What is sent on every attempt. */
  payload: unknown;
  /** The first try included. */
  maxAttempts: number;
  /** Left out: a new one is made. */
  idempotencyKey?: string;
  /** Higher first, within the integration. Default 0. */
  priority?: number;
  /** Not before so many milliseconds from now. Default 0. */
  delayMs?: number;
}

/** Which dead letters: null means any. */
export interface DeadLetterSelection {
  merchantId: string | null;
  ids: string[] | null;
  integrationId: string | null;
  entityType: EntityType | null;
  entityId: string | null;
  errorCodes: string[] | null;
  createdFrom: string | null;
  createdTo: string | null;
}

/** How use cases speak to the outbox. Every call is part of the caller's transaction; the dispatcher wakes after its commit. */
export interface Outbox {
  /** Ids of the sync events, in the order given. Makes the links and lanes that are missing. */
  enqueue(tx: Tx, events: NewSyncEvent[]): Promise<string[]>;
  /** Puts dead letters back in the queue with a fresh set of attempts; answers how many. */
  redrive(tx: Tx, selection: DeadLetterSelection): Promise<number>;
  /** Ends a dead letter or waiting event without sending it; its lane goes on. @throws HubError INVALID_STATE */
  skip(tx: Tx, id: string, reason: string): Promise<void>;
  /** Skips the dead letter that parks this entity's lane, if there is one: a newer event says the same. */
  supersede(tx: Tx, link: { integrationId: string; entityType: EntityType; entityId: string }): Promise<void>;
}
