import type { Tx } from '../db/database.js';
import type { Snapshot } from '../model/snapshots.js';
import type { Operation } from '../model/statuses.js';
import type { NewSyncEvent } from '../outbox/outbox.js';
import { findRecipients, type Recipient, type Sendable } from './find-recipients.js';
import type { Services } from './services.js';
import {
  billingSubscriptionSnapshot,
  customerSnapshot,
  invoiceSnapshot,
  orderSnapshot,
  transactionSnapshot,
} from './snapshots.js';

/**
 * Accepts one effect per enabled integration of the merchant that takes this entity; answers the sync events' ids.
 * `from` is the integration that the news came from, which needs none.
 */
export async function sendToAll(
  services: Services,
  tx: Tx,
  entity: Sendable,
  operation: Operation,
  from: string | null = null,
): Promise<string[]> {
  const recipients = (await findRecipients(services, tx, entity)).filter(({ id }) => id !== from);
  const events: NewSyncEvent[] = [];
  // One after the other: a transaction is one connection.
  for (const recipient of recipients) {
    const payload = await snapshotFor(tx, entity, recipient);
    if (!recipient.accepts({ entityType: entity.entityType, operation, snapshot: payload })) continue;
    events.push({ ...entity, integrationId: recipient.id, operation, payload, maxAttempts: recipient.maxAttempts });
  }
  return services.outbox.enqueue(tx, events);
}

/** What one integration is sent of the entity as it is now. */
export function snapshotFor(tx: Tx, entity: Sendable, recipient: Pick<Recipient, 'id'>): Promise<Snapshot> {
  return SNAPSHOT[entity.entityType](tx, entity.entityId, recipient.id);
}

const SNAPSHOT: Record<Sendable['entityType'], (tx: Tx, id: string, integrationId: string) => Promise<Snapshot>> = {
  ORDER: orderSnapshot,
  INVOICE: invoiceSnapshot,
  CUSTOMER: customerSnapshot,
  TRANSACTION: transactionSnapshot,
  BILLING_SUBSCRIPTION: billingSubscriptionSnapshot,
};
