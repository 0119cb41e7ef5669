import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, label } from '../check-input.js';
import type { Services } from '../services.js';
import { findSyncEvent } from './find-sync-event.js';

const skipSchema = z.object({ id: label(), reason: label(1000) });

/**
 * Ends a sync event that waits or is a dead letter without sending it; the next of its lane goes on. Answers its id.
 * @throws HubError NOT_FOUND, INVALID_STATE, BAD_USER_INPUT
 */
export async function skipSyncEvent(
  services: Services,
  caller: Caller,
  input: { id: string; reason: string },
): Promise<string> {
  const { id, reason } = checkInput(skipSchema, input);
  return services.db.transaction(async (tx) => {
    const event = await findSyncEvent(tx, caller, id);
    await services.outbox.skip(tx, id, reason);
    const details = { syncEventId: id, reason };
    await auditDone(tx, caller, { action: 'sync_event.skip', ...event.subject, details });
    return id;
  });
}
