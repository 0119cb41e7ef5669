import { actorOf, audit } from '../../access/audit.js';
import type { Caller } from '../../access/caller.js';
import { sqlOn } from '../../db/database.js';
import type { Services } from '../services.js';

/** Writes down that the caller takes audit entries out of the hub, and which. */
export async function auditExport(services: Services, caller: Caller, details: Record<string, unknown>): Promise<void> {
  const { merchantId, requestId } = caller;
  const entry = { action: 'audit.export', outcome: 'OK', merchantId, details, requestId } as const;
  await audit(sqlOn(services.db.pool), { ...actorOf(caller), ...entry });
}
