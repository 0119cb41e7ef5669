import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { checkInput, idempotencyKey, label } from '../check-input.js';
import type { Services } from '../services.js';
import { queryIntegration } from '../sync/start-sync.js';

const syncInventorySchema = z.object({ integrationId: label(), idempotencyKey });
export type SyncInventory = z.infer<typeof syncInventorySchema>;

/** Starts to read an integration's stock; answers the id of the sync event. Fails as `startSync` does. */
export function syncInventory(services: Services, caller: Caller, input: SyncInventory): Promise<string> {
  const wanted = checkInput(syncInventorySchema, input);
  return queryIntegration(services, caller, 'syncInventory', { ...wanted, entityType: 'INVENTORY' });
}
