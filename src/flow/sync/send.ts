import type { Hold } from '../../connectors/connector.js';
import type { Tx } from '../../db/database.js';
import { nextRunAfter } from '../../model/cron.js';
import type { Snapshot } from '../../model/snapshots.js';
import type { Operation } from '../../model/statuses.js';
import type { NewSyncEvent } from '../../outbox/outbox.js';
import type { Sendable } from '../sendable.js';
import type { HubWork } from '../work.js';
import { findRecipients, type Recipient } from './find-recipients.js';
import { findRoundsEnd } from './find-rounds-end.js';
import {
  readBillingSubscriptionSnapshot,
  readCustomerSnapshot,
  readInvoiceSnapshot,
  readOrderSnapshot,
  readTransactionSnapshot,
} from './read-snapshots.js';

/**
 * Accepts one effect per enabled integration of the merchant that takes this entity; answers the sync events' ids.
 * `from` is the integration that the news came from, which needs none; nothing that it tells goes round in circles.
 */
export async function sendToAll(
  work: HubWork,
  entity: Sendable,
  operation: Operation,
  from: string | null = null,
): Promise<string[]> {
  const { services, tx } = work;
  const recipients = (await findRecipients(work, entity)).filter(
    ({ id, connector }) => id !== from && !(entity.entityType === 'ORDER' && connector.holdInvoicedOrders),
  );
  const events: NewSyncEvent[] = [];
  // One after the other: a transaction is one connection.
  for (const recipient of recipients) {
    const payload = await snapshotFor(tx, entity, recipient);
    if (!recipient.accepts({ entityType: entity.entityType, operation, snapshot: payload })) continue;
    const { id: integrationId, maxAttempts } = recipient;
    const event = { ...entity, integrationId, operation, payload, maxAttempts, toldBy: from };
    const end = from === null ? null : await findRoundsEnd(tx, event, from);
    if (end) await services.outbox.passOver(tx, event, end);
    else events.push(event);
  }
  return services.outbox.enqueue(tx, events);
}

const WAS_SENT = `select 1 from links k where k.integration_id = $1 and k.entity_type = 'ORDER' and k.entity_id = $2
and (k.synced_at is not null or exists (select from sync_events e where e.lane_id = k.id))`;

/** Whether the order was ever sent to this integration, or is about to be. */
export async function wasSent(tx: Tx, { entityId }: Sendable, integrationId: string): Promise<boolean> {
  return (await tx.sql(WAS_SENT, [integrationId, entityId])).length > 0;
}

/**
 * Accepts the order's first sync in the integrations that take orders once they are invoiced; further invoices of it
 * start none. `order` is the order that has one now.
 */
export async function sendInvoiced(work: HubWork, order: Sendable): Promise<void> {
  const { services, tx } = work;
  const recipients = await findRecipients(work, order);
  for (const recipient of recipients.filter(({ connector }) => connector.holdInvoicedOrders)) {
    if (await wasSent(tx, order, recipient.id)) continue;
    const payload = await snapshotFor(tx, order, recipient);
    if (!recipient.accepts({ entityType: 'ORDER', operation: 'CREATE', snapshot: payload })) continue;
    const { id: integrationId, maxAttempts, hold } = recipient;
    const event = { ...order, integrationId, operation: 'CREATE', payload, maxAttempts } as const;
    await services.outbox.enqueue(tx, [{ ...event, held: hold !== null, notBefore: releasedAt(hold) }]);
  }
}

/** The run of the schedule that is expected to release it. */
function releasedAt(hold: Hold | null): Date | null {
  return hold?.schedule == null ? null : nextRunAfter(hold.schedule, new Date());
}

/** What one integration is sent of the entity as it is now. */
export function snapshotFor(tx: Tx, entity: Sendable, recipient: Pick<Recipient, 'id'>): Promise<Snapshot> {
  return SNAPSHOT[entity.entityType](tx, entity.entityId, recipient.id);
}

const SNAPSHOT: Record<Sendable['entityType'], (tx: Tx, id: string, integrationId: string) => Promise<Snapshot>> = {
  ORDER: readOrderSnapshot,
  INVOICE: readInvoiceSnapshot,
  CUSTOMER: readCustomerSnapshot,
  TRANSACTION: readTransactionSnapshot,
  BILLING_SUBSCRIPTION: readBillingSubscriptionSnapshot,
};
