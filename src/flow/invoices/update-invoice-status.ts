import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { HubError } from '../../errors.js';
import { InvoiceStatus } from '../../model/statuses.js';
import { INVOICE_TRANSITIONS } from '../../model/transitions.js';
import { auditDone } from '../access/audit-done.js';
import { changeOnce } from '../change-once.js';
import { amount, checkInput, idempotencyKey, label, time } from '../check-input.js';
import type { LockedEntity } from '../lock-entity.js';
import { checkTransition } from '../orders/check-transition.js';
import type { Services } from '../services.js';
import { sendToAll } from '../sync/send.js';
import type { Work } from '../work.js';

const updateInvoiceStatusSchema = z.object({
  id: label(),
  status: z.enum(InvoiceStatus),
  paidAt: time.nullish(),
  paidAmount: amount.nullish(),
  idempotencyKey,
});
export type UpdateInvoiceStatus = z.infer<typeof updateInvoiceStatusSchema>;

/**
 * Moves an invoice on and accepts the change in every integration that takes invoices; answers the invoice's id. PAID
 * means paid in full and now unless amount and time are given. The status that it has already has no effect, but for
 * another part of a PARTIALLY_PAID one.
 * @throws HubError INVALID_TRANSITION, BAD_USER_INPUT, NOT_FOUND
 */
export async function updateInvoiceStatus(
  services: Services,
  caller: Caller,
  input: UpdateInvoiceStatus,
): Promise<string> {
  const update = checkInput(updateInvoiceStatusSchema, input);
  if (update.status === 'PARTIALLY_PAID' && update.paidAmount == null) {
    throw new HubError('BAD_USER_INPUT', 'Give the paidAmount of a partly paid invoice.', { path: ['paidAmount'] });
  }
  const asked = { entityType: 'INVOICE', operation: 'updateInvoiceStatus', input: update } as const;
  return changeOnce<InvoiceStatus>(services, caller, asked, (work, invoice) => moveInvoice(work, invoice, update));
}

async function moveInvoice(work: Work, invoice: LockedEntity<InvoiceStatus>, update: UpdateInvoiceStatus) {
  const { services, tx, caller } = work;
  const { merchantId, entityType, entityId, status: previousStatus } = invoice;
  const further = previousStatus === update.status && update.status === 'PARTIALLY_PAID';
  if (previousStatus === update.status && !further) return entityId;
  if (!further) checkTransition(INVOICE_TRANSITIONS, previousStatus, update.status);
  await writeInvoice(tx, entityId, update);
  const entity = { merchantId, entityType, entityId };
  await sendToAll(work, entity, 'STATUS_CHANGE');
  const data = { previousStatus, newStatus: update.status, sourceStatus: null };
  await services.feed.publish(tx, [{ kind: 'invoice.status_changed', ...entity, data }]);
  const details = { from: previousStatus, to: update.status };
  await auditDone(tx, caller, { action: 'invoice.update_status', ...entity, details });
  return entityId;
}

async function writeInvoice(tx: Tx, id: string, { status, paidAt, paidAmount }: UpdateInvoiceStatus): Promise<void> {
  await tx.sql(
    `update invoices set status = $2, updated_at = now(),
       paid_amount = coalesce($3::numeric, case when $2 = 'PAID' then total else paid_amount end),
       paid_at = coalesce($4::timestamptz, case when $2 in ('PAID', 'PARTIALLY_PAID') then now() else paid_at end)
     where id = $1`,
    [id, status, paidAmount ?? null, paidAt ?? null],
  );
}
