import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { OrderStatus } from '../../model/statuses.js';
import { ORDER_TRANSITIONS } from '../../model/transitions.js';
import { auditDone } from '../access/audit-done.js';
import { changeOnce } from '../change-once.js';
import { checkInput, idempotencyKey, label } from '../check-input.js';
import type { LockedEntity } from '../lock-entity.js';
import type { Services } from '../services.js';
import { sendToAll } from '../sync/send.js';
import type { Work } from '../work.js';
import { checkTransition } from './check-transition.js';

const updateOrderStatusSchema = z.object({
  id: label(),
  status: z.enum(OrderStatus),
  trackingNumbers: z.array(label()).max(1000).nullish(),
  idempotencyKey,
});
export type UpdateOrderStatus = z.infer<typeof updateOrderStatusSchema>;

/**
 * Moves an order on, adds tracking numbers, and accepts the change in every integration that takes orders; answers the
 * order's id. The status that it has already is no change and has no effect.
 * @throws HubError INVALID_TRANSITION, BAD_USER_INPUT, NOT_FOUND
 */
export async function updateOrderStatus(services: Services, caller: Caller, input: UpdateOrderStatus): Promise<string> {
  const update = checkInput(updateOrderStatusSchema, input);
  const asked = { entityType: 'ORDER', operation: 'updateOrderStatus', input: update } as const;
  return changeOnce<OrderStatus>(services, caller, asked, (work, order) => moveAsAsked(work, order, update));
}

async function moveAsAsked(work: Work, order: LockedEntity<OrderStatus>, update: UpdateOrderStatus) {
  const { services, tx, caller } = work;
  const moved = order.status !== update.status;
  if (moved) checkTransition(ORDER_TRANSITIONS, order.status, update.status);
  const added = await writeOrder(tx, order.entityId, update);
  if (!moved && !added) return order.entityId;
  const { merchantId, entityType, entityId, status: previousStatus } = order;
  const entity = { merchantId, entityType, entityId };
  await sendToAll(work, entity, moved ? 'STATUS_CHANGE' : 'UPDATE');
  const data = { previousStatus, newStatus: update.status, sourceStatus: null };
  await services.feed.publish(tx, [
    moved ? { kind: 'order.status_changed', ...entity, data } : { kind: 'order.updated', ...entity },
  ]);
  const details = { from: previousStatus, to: update.status };
  await auditDone(tx, caller, { action: 'order.update_status', ...entity, details });
  return entityId;
}

/** Whether it added a tracking number that the order did not have. */
async function writeOrder(tx: Tx, id: string, update: UpdateOrderStatus): Promise<boolean> {
  const [row] = await tx.sql<{ added: boolean }>(
    `with added as (
       select coalesce(array_agg(number order by place), '{}') numbers
       from unnest($3::text[]) with ordinality given (number, place)
       where number <> all ((select tracking_numbers from orders where id = $1)::text[]))
     update orders set status = $2, tracking_numbers = tracking_numbers || added.numbers,
       updated_at = case when status = $2 and added.numbers = '{}' then updated_at else now() end
     from added where id = $1 returning added.numbers <> '{}' added`,
    [id, update.status, [...new Set(update.trackingNumbers ?? [])]],
  );
  return row?.added ?? false;
}
