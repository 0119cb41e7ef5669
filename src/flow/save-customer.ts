import { z } from 'zod';
import type { Tx } from '../db/database.js';
import { newId } from '../model/ids.js';
import { label, text } from './check-input.js';

export const customerSchema = z.object({
  reference: label().nullish(),
  name: text(),
  email: text(320),
  phone: text(64),
});
export type CustomerInput = z.infer<typeof customerSchema>;

const BY_REFERENCE = `insert into customers (id, merchant_id, reference, name, email, phone) values ($1, $2, $3, $4, $5, $6)
on conflict (merchant_id, reference) do update set name = coalesce(excluded.name, customers.name),
  email = coalesce(excluded.email, customers.email), phone = coalesce(excluded.phone, customers.phone), updated_at = now()
returning id`;

const INSERT = `insert into customers (id, merchant_id, reference, name, email, phone) values ($1, $2, $3, $4, $5, $6) returning id`;

const BY_EMAIL = `update customers set name = coalesce($3, name), phone = coalesce($4, phone), updated_at = now()
where id = (select id from customers where merchant_id = $1 and lower(email) = lower($2) order by created_at, id limit 1)
returning id`;

/** The customer with this reference, or else with this e-mail address, made if there is none; what is given replaces what is known. */
export async function saveCustomer(tx: Tx, merchantId: string, customer: CustomerInput): Promise<string> {
  const { reference = null, name = null, email = null, phone = null } = customer;
  const values = [newId('Customer'), merchantId, reference, name, email, phone];
  if (reference !== null) return idOf(await tx.sql(BY_REFERENCE, values));
  if (email !== null) {
    // Without a unique address two orders at the same time would make the same customer twice.
    await tx.sql('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${merchantId} ${email.toLowerCase()}`]);
    const known = await tx.sql<{ id: string }>(BY_EMAIL, [merchantId, email, name, phone]);
    if (known.length > 0) return idOf(known);
  }
  return idOf(await tx.sql(INSERT, values));
}

function idOf(rows: { id: string }[]): string {
  const [row] = rows;
  if (!row) throw new Error('The customer was not written');
  return row.id;
}
