import type { EntityType } from '../model/statuses.js';

/** `kind` of a change, each named after the domain event. */
export type ChangeKind =
  | 'order.created'
  | 'order.updated'
  | 'order.status_changed'
  | 'order.synced'
  | 'invoice.created'
  | 'invoice.updated'
  | 'invoice.status_changed'
  | 'invoice.synced'
  | 'product.changed'
  | 'customer.created'
  | 'customer.updated'
  | 'customer.synced'
  | 'transaction.created'
  | 'transaction.updated'
  | 'transaction.status_changed'
  | 'transaction.synced'
  | 'billing_subscription.created'
  | 'billing_subscription.updated'
  | 'billing_subscription.status_changed'
  | 'billing_subscription.synced'
  | 'reconciliation.changed'
  | 'inventory.changed'
  | 'sync_event.status_changed'
  | 'webhook_event.status_changed'
  | 'connector_health.changed'
  | 'alert.opened'
  | 'alert.closed'
  | 'alert.acknowledged';

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
  /** Its place in the feed: 1, 2, 3, … without gaps. Not for clients. */
  position: number;
  /** ISO 8601, UTC. */
  at: string;
  /** Of the work that made it, where that is known here; a sync event has its own. */
  traceparent: string | null;
}

export interface FeedSelection {
  /** Null: every merchant. */
  merchantId: string | null;
  kinds: readonly ChangeKind[] | null;
  /** Further test on what the reader keeps. */
  matches?: (change: ChangeEntry) => boolean;
}

/** Whether a subscriber with this selection gets the change. */
export function isSelected(selection: FeedSelection, change: ChangeEntry): boolean {
  if (selection.merchantId !== null && selection.merchantId !== change.merchantId) return false;
  if (selection.kinds !== null && !selection.kinds.includes(change.kind)) return false;
  return selection.matches?.(change) ?? true;
}
