import type { AddressSnapshot } from '../model/snapshots.js';
import type { BillingInterval } from '../model/statuses.js';

/** What an event may say of its entity beside its status. Amounts are exact decimal text, times ISO 8601. Null: nothing. */
export interface ToldFields {
  name?: string | null;
  email?: string | null;
  phone?: string | null;
  /** Each part that it has, null too, takes the place of the one that is known. */
  address?: Partial<AddressSnapshot> | null;
  plan?: string | null;
  amount?: string | null;
  currency?: string | null;
  interval?: BillingInterval | null;
  description?: string | null;
  startedAt?: string | null;
  currentPeriodStart?: string | null;
  currentPeriodEnd?: string | null;
  cancelAtPeriodEnd?: boolean | null;
  subtotal?: string | null;
  tax?: string | null;
  total?: string | null;
  issuedAt?: string | null;
  dueAt?: string | null;
  paidAt?: string | null;
  paidAmount?: string | null;
  notes?: string | null;
}
export type ToldField = keyof ToldFields;

/** What the inbox takes of an event about each kind; of others it takes the status alone. */
export const TOLD_FIELDS = {
  CUSTOMER: ['name', 'email', 'phone', 'address'],
  TRANSACTION: ['amount', 'currency', 'description'],
  BILLING_SUBSCRIPTION: [
    ...(['plan', 'amount', 'currency', 'interval', 'currentPeriodStart', 'currentPeriodEnd'] as const),
    ...(['startedAt', 'cancelAtPeriodEnd'] as const),
  ],
  INVOICE: ['subtotal', 'tax', 'total', 'currency', 'issuedAt', 'dueAt', 'paidAt', 'paidAmount', 'notes'],
} as const satisfies Record<string, readonly ToldField[]>;
export type ToldKind = keyof typeof TOLD_FIELDS;
