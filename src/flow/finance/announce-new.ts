import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { auditDone } from '../access/audit-done.js';
import type { Services } from '../services.js';
import { linkTo, type Origin } from '../sync/link-to.js';
import { sendToAll } from '../sync/send.js';
import { applyWaiting } from '../webhooks/apply-waiting.js';

const NOUNS = { TRANSACTION: 'transaction', BILLING_SUBSCRIPTION: 'billing_subscription' } as const;

/** A record that was just made, known outside by its reference. */
export interface NewRecord {
  merchantId: string;
  entityType: keyof typeof NOUNS;
  entityId: string;
  reference: string;
  status: string;
}

/** Sends it everywhere but to the system that has it already, tells the feed and the audit, and lets its waiting webhooks in. */
export async function announceNew(
  services: Services,
  tx: Tx,
  caller: Caller,
  { reference, status, ...entity }: NewRecord,
  origin?: Origin,
): Promise<void> {
  const noun = NOUNS[entity.entityType];
  if (origin) await linkTo(tx, entity, origin);
  await sendToAll(services, tx, entity, 'CREATE', origin?.integrationId);
  await services.feed.publish(tx, [{ kind: `${noun}.created`, ...entity, data: { reference, newStatus: status } }]);
  await auditDone(tx, caller, { action: `${noun}.create`, ...entity, details: { reference } });
  tx.afterCommit(() => void applyWaiting(services, entity, reference));
}
