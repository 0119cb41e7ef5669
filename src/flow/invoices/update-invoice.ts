import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { Invoice } from '../../db/entities/invoice.js';
import { HubError } from '../../errors.js';
import { add, isGreater } from '../../model/money.js';
import type { InvoiceStatus } from '../../model/statuses.js';
import { auditDone } from '../access/audit-done.js';
import { changeOnce } from '../change-once.js';
import { checkInput, idempotencyKey, label } from '../check-input.js';
import type { LockedEntity } from '../lock-entity.js';
import type { Services } from '../services.js';
import { changedFields, readInvoiceSnapshot } from '../sync/read-snapshots.js';
import { sendUpdate } from '../sync/send-update.js';
import type { Work } from '../work.js';
import { invoiceFields } from './create-invoice.js';

const updateInvoiceSchema = z.object({
  id: label(),
  ...invoiceFields,
  idempotencyKey,
});
export type UpdateInvoice = z.infer<typeof updateInvoiceSchema>;

const ENDED: readonly InvoiceStatus[] = ['PAID', 'CANCELLED', 'REFUNDED', 'VOID'];

/**
 * Changes what an invoice says, but not its number, currency or status, and accepts the change in every system that has
 * it; answers the invoice's id. What is left out stays; a total that is left out follows from new parts. What changes
 * nothing has no effect.
 * @throws HubError INVALID_STATE for an invoice that has ended, or of which a system takes no changes; BAD_USER_INPUT,
 * NOT_FOUND
 */
export async function updateInvoice(services: Services, caller: Caller, input: UpdateInvoice): Promise<string> {
  const update = checkInput(updateInvoiceSchema, input);
  const asked = { entityType: 'INVOICE', operation: 'updateInvoice', input: update } as const;
  return changeOnce<InvoiceStatus>(services, caller, asked, (work, invoice) => changeInvoice(work, invoice, update));
}

async function changeInvoice(
  work: Work,
  { merchantId, entityType, entityId, status }: LockedEntity<InvoiceStatus>,
  update: UpdateInvoice,
): Promise<string> {
  const { services, tx, caller } = work;
  if (ENDED.includes(status)) {
    throw new HubError('INVALID_STATE', `The invoice is ${status} and is not changed any more.`, { path: ['id'] });
  }
  const read = () => readInvoiceSnapshot(tx, entityId, '');
  const before = await read();
  await write(tx, entityId, update);
  const changed = changedFields(before, await read());
  if (changed.length === 0) return entityId;
  await tx.sql('update invoices set updated_at = now() where id = $1', [entityId]);
  const entity = { merchantId, entityType, entityId };
  await sendUpdate(work, entity);
  await services.feed.publish(tx, [{ kind: 'invoice.updated', ...entity, data: { changed } }]);
  await auditDone(tx, caller, { action: 'invoice.update', ...entity, details: { changed } });
  return entityId;
}

async function write(tx: Tx, id: string, update: UpdateInvoice): Promise<void> {
  const invoice = await tx.em.findOneOrFail(Invoice, id);
  const { subtotal, tax, total, issuedAt, dueAt, notes } = update;
  invoice.subtotal = subtotal ?? invoice.subtotal;
  invoice.tax = tax ?? invoice.tax;
  const hasParts = subtotal != null || tax != null;
  invoice.total = total ?? (hasParts ? add(invoice.subtotal, invoice.tax) : invoice.total);
  if (isGreater(invoice.paidAmount, invoice.total)) {
    const message = `The total ${invoice.total} is below what is paid already (${invoice.paidAmount}).`;
    throw new HubError('BAD_USER_INPUT', message, { path: ['total'] });
  }
  if (issuedAt != null) invoice.issuedAt = new Date(issuedAt);
  if (dueAt !== undefined) invoice.dueAt = dueAt === null ? null : new Date(dueAt);
  if (notes !== undefined) invoice.notes = notes;
  await tx.em.flush();
}
