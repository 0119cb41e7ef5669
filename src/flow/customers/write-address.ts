import { z } from 'zod';
import type { Tx } from '../../db/database.js';
import { label, text } from '../check-input.js';

export const addressSchema = z.object({
  name: text(),
  company: text(),
  line1: label(1000),
  line2: text(),
  city: text(),
  region: text(),
  postalCode: text(),
  country: text(),
  phone: text(),
});

const PARTS = ['name', 'company', 'line1', 'line2', 'city', 'region', 'postal_code', 'country', 'phone'];
const columns = (row: string) => PARTS.map((part) => `${row}.address_${part}`).join(', ');

const WRITE = `update customers c set ${PARTS.map((part, at) => `address_${part} = $${at + 2}`).join(', ')}, updated_at = now()
where id = $1 and (${columns('c')}) is distinct from (${PARTS.map((_, at) => `$${at + 2}::text`).join(', ')}) returning 1`;

/** Gives a customer this address instead of the one that is known; answers whether it is another. */
export async function writeAddress(
  tx: Tx,
  customerId: string,
  address: z.infer<typeof addressSchema> | null | undefined,
): Promise<boolean> {
  if (!address) return false;
  const { name, company, line1, line2, city, region, postalCode, country, phone } = address;
  const parts = [name, company, line1, line2, city, region, postalCode, country, phone].map((part) => part ?? null);
  return (await tx.sql(WRITE, [customerId, ...parts])).length > 0;
}
