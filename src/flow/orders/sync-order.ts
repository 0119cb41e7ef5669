import type { Caller } from '../../access/caller.js';
import type { Services } from '../services.js';
import { type SyncEntity, syncEntity } from '../sync/sync-entity.js';

/**
 * Sends an order as it is now; answers the id of the sync event. Without `force` and without an idempotency key of its
 * own, an order of which the newest sync event says the same already is answered by that event. Without an
 * `integrationId` every integration that takes the order gets it, and the first one's sync event is answered. A dead letter that parks the order is superseded (see Outbox.supersede).
 * @throws HubError NOT_FOUND, BAD_USER_INPUT, INTEGRATION_DISABLED, UNSUPPORTED, INVALID_STATE
 */
export function syncOrder(services: Services, caller: Caller, input: SyncEntity): Promise<string> {
  return syncEntity(services, caller, 'ORDER', input);
}
