import { actorOf, audit, durationOf, type NewAuditEntry, requestOf } from '../../access/audit.js';
import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';

/** Writes what the caller did, in the transaction that does it. */
export function auditDone(
  tx: Tx,
  caller: Caller,
  entry: Omit<NewAuditEntry, 'actor' | 'actorRole' | 'outcome' | 'requestId' | 'durationMs'>,
): Promise<void> {
  const { requestId } = caller;
  const details = { ...entry.details, ...requestOf(caller) };
  const durationMs = durationOf(caller);
  return audit(tx.sql, { ...entry, details, ...actorOf(caller), outcome: 'OK', requestId, durationMs });
}
