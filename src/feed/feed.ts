import type { Tx } from '../db/database.js';
import type { EntityType } from '../model/statuses.js';

/** `kind` of a change, each named after the domain event. */
export type ChangeKind =
  | 'order.created'
  | 'order.updated'
  | 'order.status_changed'
  | 'order.synced'
  | 'invoice.created'
  | 'invoice.status_changed'
  | 'invoice.synced'
  | 'inventory.changed'
  | 'sync_event.status_changed'
  | 'webhook_event.status_changed'
  | 'connector_health.changed'
  | 'alert.opened'
  | 'alert.closed';

export interface NewChange {
  kind: ChangeKind;
  merchantId: string;
  entityType: EntityType;
  entityId: string;
  integrationId?: string | null;
  syncEventId?: string | null;
  /** camelCase fields of the domain event, e.g. `{ previousStatus, newStatus, sourceStatus }`. */
  data?: Record<string, unknown>;
}

/** One entry of the feed. `cursor` is opaque to clients. */
export interface ChangeEntry extends Required<NewChange> {
  cursor: string;
  /** ISO 8601, UTC. */
  at: string;
}

export interface FeedSelection {
  /** Null: every merchant. */
  merchantId: string | null;
  kinds: readonly ChangeKind[] | null;
  /** Further test on what the reader keeps. */
  matches?: (change: ChangeEntry) => boolean;
}

export interface Feed {
  /** Writes changes in the caller's transaction, after the entity's own write; the sealer wakes after its commit. */
  publish(tx: Tx, changes: NewChange[]): Promise<void>;
  /**
   * Changes after a cursor, or from now on. Ends when `signal` aborts.
   * @throws HubError CURSOR_INVALID, CURSOR_EXPIRED, or SLOW_CONSUMER once the reader lags more than its bound
   */
  subscribe(selection: FeedSelection, after: string | null, signal: AbortSignal): AsyncIterable<ChangeEntry>;
}
