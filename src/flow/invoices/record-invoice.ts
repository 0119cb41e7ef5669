import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { newId } from '../../model/ids.js';
import { zeroLike } from '../../model/money.js';
import { InvoiceStatus } from '../../model/statuses.js';
import { auditDone } from '../access/audit-done.js';
import { amount, checkInput, currency, label, time } from '../check-input.js';
import type { Services } from '../services.js';
import { linkTo, type Origin } from '../sync/link-to.js';
import { sendToAll } from '../sync/send.js';
import { applyEarlyEvents } from '../webhooks/apply-early-events.js';

const recordInvoiceSchema = z.object({
  number: label(),
  status: z.enum(InvoiceStatus).nullish(),
  currency,
  subtotal: amount.nullish(),
  tax: amount.nullish(),
  total: amount,
  paidAmount: amount.nullish(),
  orderNumber: label().nullish(),
  issuedAt: time.nullish(),
  dueAt: time.nullish(),
  paidAt: time.nullish(),
});

const INSERT = `insert into invoices (id, merchant_id, number, status, currency, subtotal, tax, total, paid_amount, order_id,
  issued_at, due_at, paid_at)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, (select o.id from orders o where o.merchant_id = $2 and o.number = $10),
  coalesce($11::timestamptz, now()), $12, $13
on conflict (merchant_id, number) do nothing returning order_id as "orderId"`;

/**
 * Makes an invoice of what a system has, of the order with the number that it names if the hub knows that one, and links
 * the two; answers its id. The merchant's other systems are sent it.
 * @throws HubError ALREADY_EXISTS for a number that the merchant has, BAD_USER_INPUT
 */
export function recordInvoice(
  services: Services,
  caller: Caller,
  merchantId: string,
  told: unknown,
  origin: Origin,
): Promise<string> {
  const invoice = checkInput(recordInvoiceSchema, told);
  return services.db.transaction(async (tx) => {
    const id = newId('Invoice');
    const [made] = await tx.sql<{ orderId: string | null }>(INSERT, [id, merchantId, ...valuesOf(invoice)]);
    const { number } = invoice;
    if (!made) {
      throw new HubError('ALREADY_EXISTS', `There is an invoice ${number} already: reconcile again.`, {
        path: ['number'],
      });
    }
    const entity = { merchantId, entityType: 'INVOICE', entityId: id } as const;
    await linkTo(tx, entity, origin);
    await sendToAll({ services, tx }, entity, 'CREATE', origin.integrationId);
    const data = { number, newStatus: invoice.status ?? 'ISSUED', orderId: made.orderId };
    await services.feed.publish(tx, [{ kind: 'invoice.created', ...entity, data }]);
    await auditDone(tx, caller, { action: 'invoice.create', ...entity, details: { number, orderId: made.orderId } });
    tx.afterCommit(() => void applyEarlyEvents(services, entity, number));
    return id;
  });
}

function valuesOf(invoice: z.infer<typeof recordInvoiceSchema>) {
  const { number, status, total, subtotal, tax, paidAmount, orderNumber, issuedAt, dueAt, paidAt } = invoice;
  const nothing = zeroLike(total);
  const paid = paidAmount ?? (status === 'PAID' ? total : nothing);
  const amounts = [subtotal ?? total, tax ?? nothing, total, paid];
  const times = [issuedAt, dueAt, paidAt].map((at) => at ?? null);
  return [number, status ?? 'ISSUED', invoice.currency, ...amounts, orderNumber ?? null, ...times];
}
