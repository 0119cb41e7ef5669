import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { auditDone } from '../access/audit-done.js';
import { changeOnce } from '../change-once.js';
import { checkInput, idempotencyKey, label } from '../check-input.js';
import type { Services } from '../services.js';
import { uniquely } from '../uniquely.js';
import { customerSchema, tellOfCustomer } from './save-customer.js';
import { writeAddress } from './write-address.js';

const updateCustomerSchema = customerSchema.extend({ id: label(), idempotencyKey });
export type UpdateCustomer = z.infer<typeof updateCustomerSchema>;

const UPDATE = `update customers set reference = coalesce($2, reference), name = coalesce($3, name),
  email = coalesce($4, email), phone = coalesce($5, phone), updated_at = now()
where id = $1 and ($6 or (reference, name, email, phone) is distinct from
  (coalesce($2, reference), coalesce($3, name), coalesce($4, email), coalesce($5, phone)))
returning reference`;

/**
 * Changes what is given of a customer and sends it to every integration that takes customers; answers the customer's id.
 * @throws HubError NOT_FOUND, ALREADY_EXISTS for a reference that another customer has, BAD_USER_INPUT
 */
export async function updateCustomer(services: Services, caller: Caller, input: UpdateCustomer): Promise<string> {
  const { id, idempotencyKey: _key, ...wanted } = checkInput(updateCustomerSchema, input);
  const asked = { entityType: 'CUSTOMER', operation: 'updateCustomer', input } as const;
  const taken = `Another customer has the reference ${wanted.reference}.`;
  return uniquely('customers_merchant_id_reference_key', taken, ['reference'], () =>
    changeOnce(services, caller, asked, async (work, { merchantId, entityType }) => {
      const { tx } = work;
      const { reference, name, email, phone } = wanted;
      const values = [reference, name, email, phone].map((value) => value ?? null);
      const hasMoved = await writeAddress(tx, id, wanted.address);
      const [changed] = await tx.sql<{ reference: string | null }>(UPDATE, [id, ...values, hasMoved]);
      if (!changed) return id;
      const entity = { merchantId, entityType, entityId: id };
      await tellOfCustomer(work, { ...entity, ...changed }, false);
      const details = { fields: Object.keys(wanted).filter((name) => wanted[name as keyof typeof wanted] != null) };
      await auditDone(tx, caller, { action: 'customer.update', ...entity, details });
      return id;
    }),
  );
}
