import { auditDone } from '../access/audit-done.js';
import { linkTo, type Origin } from '../sync/link-to.js';
import { sendToAll } from '../sync/send.js';
import { applyEarlyEvents } from '../webhooks/apply-early-events.js';
import type { Work } from '../work.js';

/** What changes and audit entries call them. */
export const NOUNS = { TRANSACTION: 'transaction', BILLING_SUBSCRIPTION: 'billing_subscription' } as const;

/** A record, known outside by its reference. */
export interface FinanceRecord {
  merchantId: string;
  entityType: keyof typeof NOUNS;
  entityId: string;
  reference: string;
  status: string;
}

/**
 * Sends a record that was just made everywhere but to the system that has it already, tells the feed and the audit, and lets
 * its waiting webhooks in.
 */
export async function announceNew(
  work: Work,
  { reference, status, ...entity }: FinanceRecord,
  origin?: Origin,
): Promise<void> {
  const { services, tx, caller } = work;
  const noun = NOUNS[entity.entityType];
  if (origin) await linkTo(tx, entity, origin);
  await sendToAll(work, entity, 'CREATE', origin?.integrationId);
  await services.feed.publish(tx, [{ kind: `${noun}.created`, ...entity, data: { reference, newStatus: status } }]);
  await auditDone(tx, caller, { action: `${noun}.create`, ...entity, details: { reference } });
  tx.afterCommit(() => void applyEarlyEvents(services, entity, reference));
}
