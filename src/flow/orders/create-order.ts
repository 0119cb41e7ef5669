import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { Customer } from '../../db/entities/customer.js';
import { Order } from '../../db/entities/order.js';
import { newId } from '../../model/ids.js';
import { OrderStatus } from '../../model/statuses.js';
import { lineTotal, orderTotals } from '../../model/totals.js';
import { auditDone } from '../access/audit-done.js';
import { amount, checkInput, currency, idempotencyKey, label, text, time } from '../check-input.js';
import { customerSchema, saveCustomer } from '../customers/save-customer.js';
import { addressSchema } from '../customers/write-address.js';
import { makeOnce } from '../make-once.js';
import type { Services } from '../services.js';
import { sendToAll } from '../sync/send.js';
import { uniquely } from '../uniquely.js';
import { applyEarlyEvents } from '../webhooks/apply-early-events.js';
import type { HubWork, Work } from '../work.js';
import { metadataSchema } from './order-metadata.js';
import { linesSchema, writeLines } from './write-lines.js';

const totalsSchema = z.object({
  subtotal: amount.nullish(),
  tax: amount.nullish(),
  shipping: amount.nullish(),
  discount: amount.nullish(),
  grandTotal: amount.nullish(),
});

/** What an order says beside its customer and lines that may change in its life. */
export const orderFields = {
  totals: totalsSchema.nullish(),
  shippingAddress: addressSchema.nullish(),
  billingAddress: addressSchema.nullish(),
  deliveryMethod: text(),
  notes: text(10_000),
  metadata: metadataSchema.nullish(),
};

export const createOrderSchema = z.object({
  number: label(),
  merchantId: label().nullish(),
  currency,
  placedAt: time.nullish(),
  status: z.enum(OrderStatus).nullish(),
  customer: customerSchema.nullish(),
  lines: linesSchema,
  ...orderFields,
  idempotencyKey,
});
export type CreateOrder = z.infer<typeof createOrderSchema>;

/**
 * Takes an order and accepts its creation in every integration of the merchant that takes orders; answers its id.
 * Totals that are left out follow from the lines.
 * @throws HubError ALREADY_EXISTS for a number that the merchant has, BAD_USER_INPUT, NOT_FOUND
 */
export function createOrder(services: Services, caller: Caller, input: CreateOrder): Promise<string> {
  const order = checkInput(createOrderSchema, input);
  return uniquely('orders_merchant_id_number_key', `There is an order ${order.number} already.`, ['number'], () =>
    services.db.transaction((tx) => {
      const work = { services, tx, caller };
      const asked = { operation: 'createOrder', input: order };
      return makeOnce(work, asked, (merchantId) => takeOrder(work, merchantId, order));
    }),
  );
}

async function takeOrder(work: Work, merchantId: string, order: CreateOrder) {
  const { services, tx, caller } = work;
  const { id, status } = await insertOrder(work, merchantId, order);
  const entity = { merchantId, entityType: 'ORDER', entityId: id } as const;
  await sendToAll(work, entity, 'CREATE');
  const data = { number: order.number, newStatus: status };
  await services.feed.publish(tx, [{ kind: 'order.created', ...entity, data }]);
  await auditDone(tx, caller, { action: 'order.create', ...entity, details: { number: order.number } });
  tx.afterCommit(() => void applyEarlyEvents(services, entity, order.number));
  return id;
}

/** Writes the order with its lines and its customer. */
export async function insertOrder(work: HubWork, merchantId: string, order: CreateOrder) {
  const { tx } = work;
  const id = newId('Order');
  const totals = orderTotals(order.lines.map(lineTotal), order.totals ?? {});
  const status = order.status ?? 'PENDING';
  const customerId = order.customer ? await saveCustomer(work, merchantId, order.customer) : null;
  tx.em.create(Order, {
    id,
    merchantId,
    number: order.number,
    status,
    currency: order.currency,
    customer: customerId === null ? null : tx.em.getReference(Customer, customerId),
    totals,
    shippingAddress: order.shippingAddress ?? null,
    billingAddress: order.billingAddress ?? null,
    deliveryMethod: order.deliveryMethod ?? null,
    notes: order.notes ?? null,
    metadata: order.metadata ?? null,
    placedAt: new Date(order.placedAt ?? Date.now()),
  });
  await tx.em.flush();
  await writeLines(tx, merchantId, id, order.lines);
  return { id, status };
}
