import type { Caller } from '../../access/caller.js';
import type { Direction, EntityType, SyncEventStatus } from '../../model/statuses.js';
import { auditDone } from '../access/audit-done.js';
import type { Services } from '../services.js';

/** Which sync events; a dead letter is FAILED and OUTBOUND, so another status or direction selects none. */
export interface RedriveFilter {
  status?: SyncEventStatus[] | null;
  entityType?: EntityType | null;
  entityId?: string | null;
  integrationId?: string | null;
  direction?: Direction | null;
  createdFrom?: string | null;
  createdTo?: string | null;
  errorCode?: string | null;
}

/**
 * Puts every dead letter back in its lane that the filter selects among those the caller may see; answers how many.
 */
export async function redriveSyncEvents(services: Services, caller: Caller, filter: RedriveFilter): Promise<number> {
  const { status, direction, entityType, entityId, integrationId, createdFrom, createdTo, errorCode } = filter;
  if ((status && !status.includes('FAILED')) || direction === 'INBOUND') return 0;
  const selection = {
    merchantId: caller.merchantId,
    ids: null,
    integrationId: integrationId ?? null,
    entityType: entityType ?? null,
    entityId: entityId ?? null,
    errorCodes: errorCode == null ? null : [errorCode],
    createdFrom: createdFrom ?? null,
    createdTo: createdTo ?? null,
  };
  return services.db.transaction(async (tx) => {
    const affected = await services.outbox.redrive(tx, selection);
    const { merchantId } = caller;
    const details = { affected, filter };
    await auditDone(tx, caller, { action: 'sync_event.redrive', merchantId, integrationId, details });
    return affected;
  });
}
