import type { OrderStatus } from '../../model/statuses.js';
import type { LockedEntity } from '../lock-entity.js';
import type { HubWork } from '../work.js';

/**
 * Moves a locked order because of what became of it in an integration, and tells of it: the merchant's other integrations
 * hear of it as of anything that this one reports.
 */
export async function moveOrder(
  { services, tx }: HubWork,
  { merchantId, entityType, entityId, status: previousStatus }: LockedEntity<OrderStatus>,
  newStatus: OrderStatus,
  integrationId: string,
): Promise<void> {
  await tx.sql('update orders set status = $2, updated_at = now() where id = $1', [entityId, newStatus]);
  const data = { previousStatus, newStatus, sourceStatus: null };
  await services.feed.publish(tx, [
    { kind: 'order.status_changed', merchantId, entityType, entityId, integrationId, data },
  ]);
}
