import { label } from '../check-input.js';
import { lockEntity } from '../lock-entity.js';
import type { Work } from '../work.js';
import { type CustomerInput, customerSchema, saveCustomer } from './save-customer.js';

/** Who pays: a customer that the hub has, or one that it is told of. */
export const payerSchema = { customerId: label().nullish(), customer: customerSchema.nullish() };

export interface Payer {
  customerId?: string | null | undefined;
  customer?: CustomerInput | null | undefined;
}

/** @throws HubError NOT_FOUND for an id that is none of the merchant's customers */
export async function customerOf(
  work: Work,
  merchantId: string,
  { customerId, customer }: Payer,
): Promise<string | null> {
  if (customerId != null) {
    await lockEntity(work.tx, { ...work.caller, merchantId }, 'CUSTOMER', customerId, ['customerId']);
    return customerId;
  }
  return customer ? saveCustomer(work, merchantId, customer) : null;
}
