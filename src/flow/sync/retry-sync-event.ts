import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../access/audit-done.js';
import type { Services } from '../services.js';
import { findSyncEvent } from './find-sync-event.js';

/**
 * Puts one dead letter back in its lane with a fresh set of attempts; answers its id.
 * @throws HubError NOT_FOUND, INVALID_STATE when it is no dead letter
 */
export async function retrySyncEvent(services: Services, caller: Caller, id: string): Promise<string> {
  return services.db.transaction(async (tx) => {
    const event = await findSyncEvent(tx, caller, id);
    const selection = {
      merchantId: event.merchantId,
      ids: [id],
      integrationId: null,
      entityType: null,
      entityId: null,
      errorCodes: null,
      createdFrom: null,
      createdTo: null,
    };
    if ((await services.outbox.redrive(tx, selection)) === 0) {
      throw new HubError(
        'INVALID_STATE',
        `Sync event ${id} is ${event.status}: only one that is FAILED can be retried. ${HINT}`,
        { path: ['id'] },
      );
    }
    await auditDone(tx, caller, { action: 'sync_event.retry', ...event.subject, details: { syncEventId: id } });
    return id;
  });
}

const HINT = 'To send the entity as it is now, start a sync of it.';
