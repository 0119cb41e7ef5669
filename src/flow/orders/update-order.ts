import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { Customer } from '../../db/entities/customer.js';
import { Order } from '../../db/entities/order.js';
import { HubError } from '../../errors.js';
import type { OrderStatus } from '../../model/statuses.js';
import { lineTotal, orderTotals } from '../../model/totals.js';
import { auditDone } from '../access/audit-done.js';
import { changeOnce } from '../change-once.js';
import { checkInput, idempotencyKey, label } from '../check-input.js';
import { customerSchema, saveCustomer } from '../customers/save-customer.js';
import { addressSchema } from '../customers/write-address.js';
import type { LockedEntity } from '../lock-entity.js';
import type { Services } from '../services.js';
import { changedFields, readOrderSnapshot } from '../sync/read-snapshots.js';
import { sendUpdate } from '../sync/send-update.js';
import type { Work } from '../work.js';
import { orderFields } from './create-order.js';
import { linesSchema, writeLines } from './write-lines.js';

const updateOrderSchema = z.object({
  id: label(),
  customer: customerSchema.nullish(),
  lines: linesSchema.nullish(),
  ...orderFields,
  idempotencyKey,
});
export type UpdateOrder = z.infer<typeof updateOrderSchema>;

const ENDED: readonly OrderStatus[] = ['DELIVERED', 'CANCELLED', 'RETURNED', 'REFUNDED'];

const REMOVE_LINES = 'delete from order_lines where order_id = $1';
const HAS_PAYOUTS = 'select 1 from payouts where order_id = $1 limit 1';

/**
 * Changes what an order says, but not its number, currency or status, and accepts the change in every system that has it;
 * answers the order's id. What is left out stays, null takes away; lines are replaced as a whole. What changes nothing has
 * no effect.
 * @throws HubError INVALID_STATE for an order that has ended, that is paid out, or of which a system takes no changes;
 * BAD_USER_INPUT, NOT_FOUND
 */
export async function updateOrder(services: Services, caller: Caller, input: UpdateOrder): Promise<string> {
  const update = checkInput(updateOrderSchema, input);
  const asked = { entityType: 'ORDER', operation: 'updateOrder', input: update } as const;
  return changeOnce<OrderStatus>(services, caller, asked, (work, order) => changeOrder(work, order, update));
}

async function changeOrder(
  work: Work,
  { merchantId, entityType, entityId, status }: LockedEntity<OrderStatus>,
  update: UpdateOrder,
): Promise<string> {
  const { services, tx, caller } = work;
  if (ENDED.includes(status)) {
    throw new HubError('INVALID_STATE', `The order is ${status} and is not changed any more.`, { path: ['id'] });
  }
  const before = await readOrderSnapshot(tx, entityId);
  await write(work, merchantId, entityId, update);
  const changed = changedFields(before, await readOrderSnapshot(tx, entityId));
  if (changed.length === 0) return entityId;
  if (changed.includes('lines') || changed.includes('totals')) await refusePaidOut(tx, entityId);
  await tx.sql('update orders set updated_at = now() where id = $1', [entityId]);
  const entity = { merchantId, entityType, entityId };
  await sendUpdate(work, entity);
  await services.feed.publish(tx, [{ kind: 'order.updated', ...entity, data: { changed } }]);
  await auditDone(tx, caller, { action: 'order.update', ...entity, details: { changed } });
  return entityId;
}

async function refusePaidOut(tx: Tx, orderId: string): Promise<void> {
  if ((await tx.sql(HAS_PAYOUTS, [orderId])).length === 0) return;
  const message = 'The order is paid and its payouts are made: lines and totals stay. Cancel it and make a new one.';
  throw new HubError('INVALID_STATE', message, { path: ['lines'] });
}

async function write(work: Work, merchantId: string, id: string, update: UpdateOrder): Promise<void> {
  const { tx } = work;
  const order = await tx.em.findOneOrFail(Order, id, { populate: ['lines'] });
  const { customer, shippingAddress, billingAddress, deliveryMethod, notes, metadata } = update;
  if (customer !== undefined) {
    const customerId = customer && (await saveCustomer(work, merchantId, customer));
    order.customer = customerId === null ? null : tx.em.getReference(Customer, customerId);
  }
  if (shippingAddress !== undefined) order.shippingAddress = shippingAddress && whole(shippingAddress);
  if (billingAddress !== undefined) order.billingAddress = billingAddress && whole(billingAddress);
  if (deliveryMethod !== undefined) order.deliveryMethod = deliveryMethod;
  if (notes !== undefined) order.notes = notes;
  if (metadata !== undefined) order.metadata = metadata;
  const known = order.lines.getItems().map(({ total }) => total);
  if (update.lines || update.totals) order.totals = totalsOf(update, known, order.totals);
  await tx.em.flush();
  if (!update.lines) return;
  await tx.sql(REMOVE_LINES, [id]);
  await writeLines(tx, merchantId, id, update.lines);
}

/** Tax, shipping and discount stay unless they are given; sums follow. */
function totalsOf({ lines, totals }: UpdateOrder, known: readonly string[], present: ReturnType<typeof orderTotals>) {
  const { tax, shipping, discount } = present;
  const given = Object.fromEntries(Object.entries(totals ?? {}).filter(([, amount]) => amount != null));
  const subtotal = lines ? undefined : present.subtotal;
  return orderTotals(lines?.map(lineTotal) ?? known, { subtotal, tax, shipping, discount, ...given });
}

type Address = z.infer<typeof addressSchema>;

function whole({ name, company, line1, line2, city, region, postalCode, country, phone }: Address) {
  const rest = { name, company, line2, city, region, postalCode, country, phone };
  return { line1, ...(mapNulls(rest) as Record<keyof typeof rest, string | null>) };
}

const mapNulls = (fields: Record<string, string | null | undefined>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? null]));
