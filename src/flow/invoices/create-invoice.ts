import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { Invoice } from '../../db/entities/invoice.js';
import { Order } from '../../db/entities/order.js';
import { newId } from '../../model/ids.js';
import { add, zeroLike } from '../../model/money.js';
import { InvoiceStatus } from '../../model/statuses.js';
import { auditDone } from '../access/audit-done.js';
import { amount, checkInput, idempotencyKey, label, text, time } from '../check-input.js';
import { type LockedEntity, lockEntity } from '../lock-entity.js';
import { once } from '../once.js';
import type { Services } from '../services.js';
import { sendInvoiced, sendToAll } from '../sync/send.js';
import { uniquely } from '../uniquely.js';
import { applyEarlyEvents } from '../webhooks/apply-early-events.js';
import type { Work } from '../work.js';

/** What an invoice says that may change in its life. */
export const invoiceFields = {
  subtotal: amount.nullish(),
  tax: amount.nullish(),
  total: amount.nullish(),
  issuedAt: time.nullish(),
  dueAt: time.nullish(),
  notes: text(10_000),
};

const createInvoiceSchema = z.object({
  orderId: label(),
  number: label(),
  status: z.enum(InvoiceStatus).nullish(),
  ...invoiceFields,
  idempotencyKey,
});
export type CreateInvoice = z.infer<typeof createInvoiceSchema>;

/**
 * Takes an invoice for an order, by default over the order's totals, and accepts its creation in every integration that
 * takes invoices; answers its id.
 * @throws HubError ALREADY_EXISTS for a number that the merchant has, BAD_USER_INPUT, NOT_FOUND
 */
export async function createInvoice(services: Services, caller: Caller, input: CreateInvoice): Promise<string> {
  const invoice = checkInput(createInvoiceSchema, input);
  const taken = `There is an invoice ${invoice.number} already.`;
  return uniquely('invoices_merchant_id_number_key', taken, ['number'], () =>
    services.db.transaction(async (tx) => {
      const order = await lockEntity(tx, caller, 'ORDER', invoice.orderId, ['orderId']);
      const { merchantId } = order;
      const request = { merchantId, operation: 'createInvoice', key: invoice.idempotencyKey, input: invoice };
      return once(tx, request, () => takeInvoice({ services, tx, caller }, order, invoice));
    }),
  );
}

async function takeInvoice(work: Work, order: LockedEntity, invoice: CreateInvoice) {
  const { services, tx, caller } = work;
  const { id, status } = await insertInvoice(tx, order, invoice);
  const entity = { merchantId: order.merchantId, entityType: 'INVOICE', entityId: id } as const;
  await sendToAll(work, entity, 'CREATE');
  await sendInvoiced(work, { merchantId: order.merchantId, entityType: 'ORDER', entityId: order.entityId });
  const data = { number: invoice.number, newStatus: status, orderId: invoice.orderId };
  await services.feed.publish(tx, [{ kind: 'invoice.created', ...entity, data }]);
  const details = { number: invoice.number, orderId: invoice.orderId };
  await auditDone(tx, caller, { action: 'invoice.create', ...entity, details });
  tx.afterCommit(() => void applyEarlyEvents(services, entity, invoice.number));
  return id;
}

async function insertInvoice(tx: Tx, { merchantId, entityId }: LockedEntity, invoice: CreateInvoice) {
  const { totals, currency } = await tx.em.findOneOrFail(Order, entityId);
  const id = newId('Invoice');
  const status = invoice.status ?? 'ISSUED';
  const tax = invoice.tax ?? totals.tax;
  const total = invoice.total ?? (invoice.subtotal == null ? totals.grandTotal : add(invoice.subtotal, tax));
  tx.em.create(Invoice, {
    id,
    merchantId,
    order: tx.em.getReference(Order, entityId),
    number: invoice.number,
    status,
    currency,
    subtotal: invoice.subtotal ?? totals.subtotal,
    tax,
    total,
    paidAmount: status === 'PAID' ? total : zeroLike(total),
    issuedAt: new Date(invoice.issuedAt ?? Date.now()),
    dueAt: invoice.dueAt == null ? null : new Date(invoice.dueAt),
    paidAt: status === 'PAID' ? new Date() : null,
    notes: invoice.notes ?? null,
  });
  await tx.em.flush();
  return { id, status };
}
