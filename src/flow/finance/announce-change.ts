import { auditDone } from '../access/audit-done.js';
import { sendToAll } from '../sync/send.js';
import type { Work } from '../work.js';
import { type FinanceRecord, NOUNS } from './announce-new.js';

/** A record that was just written: its former status, and what is so now. */
export interface ChangedRecord extends FinanceRecord {
  previousStatus: string;
}

/** Sends the change of a record everywhere, and tells the feed and the audit whether its status moved. */
export async function announceChange(
  work: Work,
  { reference, previousStatus, status: newStatus, ...entity }: ChangedRecord,
): Promise<void> {
  const { services, tx, caller } = work;
  const noun = NOUNS[entity.entityType];
  const moved = previousStatus !== newStatus;
  await sendToAll(work, entity, moved ? 'STATUS_CHANGE' : 'UPDATE');
  await services.feed.publish(tx, [
    moved
      ? { kind: `${noun}.status_changed`, ...entity, data: { previousStatus, newStatus, sourceStatus: null } }
      : { kind: `${noun}.updated`, ...entity, data: { reference } },
  ]);
  const details = { from: previousStatus, to: newStatus };
  await auditDone(tx, caller, { action: `${noun}.update`, ...entity, details });
}
