import { audit, durationOf, type NewAuditEntry } from '../access/audit.js';
import type { Caller } from '../access/caller.js';
import type { Tx } from '../db/database.js';

/** Writes what the caller did, in the transaction that does it. */
export function auditDone(
  tx: Tx,
  caller: Caller,
  entry: Omit<NewAuditEntry, 'actor' | 'outcome' | 'requestId' | 'durationMs'>,
): Promise<void> {
  const { subject: actor, requestId } = caller;
  return audit(tx.sql, { ...entry, actor, outcome: 'OK', requestId, durationMs: durationOf(caller) });
}
