import type { Sendable } from '../sendable.js';

/** By which a person sends an entity of each kind. */
export const SYNC_MUTATION: Record<Sendable['entityType'], string> = {
  ORDER: 'syncOrder',
  INVOICE: 'syncInvoice',
  CUSTOMER: 'syncCustomer',
  TRANSACTION: 'syncTransaction',
  BILLING_SUBSCRIPTION: 'syncBillingSubscription',
};
