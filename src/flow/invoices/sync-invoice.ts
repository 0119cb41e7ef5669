import type { Caller } from '../../access/caller.js';
import type { Services } from '../services.js';
import { type SyncEntity, syncEntity } from '../sync/sync-entity.js';

/** Sends an invoice as it is now, by the rules of `syncOrder`. */
export function syncInvoice(services: Services, caller: Caller, input: SyncEntity): Promise<string> {
  return syncEntity(services, caller, 'INVOICE', input);
}
