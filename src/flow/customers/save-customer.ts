import { z } from 'zod';
import type { Tx } from '../../db/database.js';
import { newId } from '../../model/ids.js';
import { label, text } from '../check-input.js';
import type { Sendable } from '../sendable.js';
import { linkTo, type Origin } from '../sync/link-to.js';
import { sendToAll } from '../sync/send.js';
import { applyEarlyEvents } from '../webhooks/apply-early-events.js';
import type { HubWork } from '../work.js';
import { addressSchema, writeAddress } from './write-address.js';

export const customerSchema = z.object({
  reference: label().nullish(),
  name: text(),
  email: text(320),
  phone: text(64),
  address: addressSchema.nullish(),
});
export type CustomerInput = z.infer<typeof customerSchema>;

interface Saved {
  id: string;
  created: boolean;
  changed: boolean;
}

const BY_REFERENCE = `with before as (select name, email, phone from customers where merchant_id = $2 and reference = $3)
insert into customers (id, merchant_id, reference, name, email, phone) values ($1, $2, $3, $4, $5, $6)
on conflict (merchant_id, reference) do update set name = coalesce(excluded.name, customers.name),
  email = coalesce(excluded.email, customers.email), phone = coalesce(excluded.phone, customers.phone),
  updated_at = case when (customers.name, customers.email, customers.phone) is distinct from (coalesce(excluded.name, customers.name),
    coalesce(excluded.email, customers.email), coalesce(excluded.phone, customers.phone)) then now() else customers.updated_at end
returning id, xmax = 0 as created, coalesce((select (customers.name, customers.email, customers.phone) is distinct from
  (b.name, b.email, b.phone) from before b), true) as changed`;

const INSERT = `insert into customers (id, merchant_id, reference, name, email, phone) values ($1, $2, $3, $4, $5, $6)
returning id, true as created, true as changed`;

const BY_EMAIL = `with before as (
  select id, name, phone from customers where merchant_id = $1 and lower(email) = lower($2) order by created_at, id limit 1)
update customers c set name = coalesce($3, c.name), phone = coalesce($4, c.phone),
  updated_at = case when (c.name, c.phone) is distinct from (coalesce($3, c.name), coalesce($4, c.phone)) then now() else c.updated_at end
from before b where c.id = b.id
returning c.id, false as created, (c.name, c.phone) is distinct from (b.name, b.phone) as changed`;

/**
 * The customer with this reference, or else with this e-mail address, made if there is none; what is given replaces what
 * is known. What is new or changed is sent to every integration that takes customers.
 */
export async function saveCustomer(
  work: HubWork,
  merchantId: string,
  customer: CustomerInput,
  origin?: Origin,
): Promise<string> {
  const saved = await write(work.tx, merchantId, customer);
  const entity = { merchantId, entityType: 'CUSTOMER', entityId: saved.id } as const;
  if (origin) await linkTo(work.tx, entity, origin);
  const hasMoved = await writeAddress(work.tx, saved.id, customer.address);
  if (saved.created || saved.changed || hasMoved)
    await tellOfCustomer(
      work,
      { ...entity, reference: customer.reference ?? null },
      saved.created,
      origin?.integrationId,
    );
  return saved.id;
}

async function write(tx: Tx, merchantId: string, customer: CustomerInput): Promise<Saved> {
  const { reference = null, name = null, email = null, phone = null } = customer;
  const values = [newId('Customer'), merchantId, reference, name, email, phone];
  if (reference !== null) return only(await tx.sql<Saved>(BY_REFERENCE, values));
  if (email !== null) {
    // Without a unique address two orders at the same time would make the same customer twice.
    await tx.sql('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${merchantId} ${email.toLowerCase()}`]);
    const known = await tx.sql<Saved>(BY_EMAIL, [merchantId, email, name, phone]);
    if (known.length > 0) return only(known);
  }
  return only(await tx.sql<Saved>(INSERT, values));
}

/** Sends and publishes a customer that was written, in the same transaction. */
export async function tellOfCustomer(
  work: HubWork,
  { reference, ...entity }: Sendable & { reference: string | null },
  created: boolean,
  from?: string,
): Promise<void> {
  const { services, tx } = work;
  await sendToAll(work, entity, created ? 'CREATE' : 'UPDATE', from);
  const kind = created ? 'customer.created' : 'customer.updated';
  await services.feed.publish(tx, [{ kind, ...entity, data: { reference } }]);
  if (created) tx.afterCommit(() => void applyEarlyEvents(services, entity, reference));
}

function only(rows: Saved[]): Saved {
  const [row] = rows;
  if (!row) throw new Error('The customer was not written');
  return row;
}
