import type {
  AddressSnapshot,
  BillingSubscriptionSnapshot,
  CustomerSnapshot,
  InvoiceSnapshot,
  Snapshot,
  TransactionSnapshot,
} from '../../model/snapshots.js';
import { type EntityStatus, type EntityType, statusesOf } from '../../model/statuses.js';
import { exactNumber } from '../text/exact-json.js';

/** The collections of FlashERP. */
export const COLLECTIONS = {
  CUSTOMER: 'customers',
  TRANSACTION: 'transactions',
  BILLING_SUBSCRIPTION: 'subscriptions',
  INVOICE: 'invoices',
} as const;
export type FlashErpType = keyof typeof COLLECTIONS;
export type Collection = (typeof COLLECTIONS)[FlashErpType];

export const isFlashErpType = (entityType: EntityType): entityType is FlashErpType =>
  Object.hasOwn(COLLECTIONS, entityType);

type LinkOf = (entityId: string | null | undefined) => string | null;

/** FlashERP writes statuses in small letters, and `canceled` with one l. */
function statusToFlashErp(status: string): string {
  return status === 'CANCELLED' ? 'canceled' : status.toLowerCase();
}

/** Other words for the same: the contract of FlashERP names no statuses. */
const SAME_STATUS: Readonly<Record<FlashErpType, Readonly<Record<string, string>>>> = {
  CUSTOMER: {},
  TRANSACTION: {
    ...{ COMPLETED: 'SUCCEEDED', COMPLETE: 'SUCCEEDED', SUCCESS: 'SUCCEEDED', PAID: 'SUCCEEDED' },
    ...{ PROCESSING: 'PENDING', CANCELED: 'CANCELLED' },
  },
  BILLING_SUBSCRIPTION: { TRIAL: 'TRIALING', CANCELED: 'CANCELLED' },
  INVOICE: { OPEN: 'ISSUED', PARTIAL: 'PARTIALLY_PAID', VOIDED: 'VOID', CANCELED: 'CANCELLED' },
};

/** Null: unmapped. */
export function statusFromFlashErp(entityType: FlashErpType, status: string): EntityStatus | null {
  const said = status.toUpperCase().replaceAll(/[\s-]/g, '_');
  const same = SAME_STATUS[entityType];
  const wanted = Object.hasOwn(same, said) ? (same[said] ?? said) : said;
  return Object.hasOwn(statusesOf(entityType), wanted) ? (wanted as EntityStatus) : null;
}

const customer = ({ id, reference, name, email, phone, address }: CustomerSnapshot) => ({
  hub_id: id,
  reference,
  name,
  email,
  phone,
  ...(address && { address: addressToFlashErp(address) }),
});

const addressToFlashErp = ({ postalCode, ...parts }: AddressSnapshot) => ({ ...parts, postal_code: postalCode });

const transaction = (one: TransactionSnapshot, linkOf: LinkOf) => ({
  hub_id: one.id,
  reference: one.reference,
  type: one.type.toLowerCase(),
  status: statusToFlashErp(one.status),
  amount: exactNumber(one.amount),
  currency: one.currency,
  description: one.description,
  customer_id: linkOf(one.customerId),
  order_number: one.orderNumber,
  occurred_at: one.occurredAt,
});

const subscription = (one: BillingSubscriptionSnapshot, linkOf: LinkOf) => ({
  hub_id: one.id,
  reference: one.reference,
  plan: one.plan,
  status: statusToFlashErp(one.status),
  amount: exactNumber(one.amount),
  currency: one.currency,
  interval: one.interval.toLowerCase(),
  customer_id: linkOf(one.customerId),
  started_at: one.startedAt,
  current_period_start: one.currentPeriodStart,
  current_period_end: one.currentPeriodEnd,
  cancel_at_period_end: one.cancelAtPeriodEnd,
  canceled_at: one.cancelledAt,
});

const invoice = (one: InvoiceSnapshot, linkOf: LinkOf) => ({
  hub_id: one.id,
  number: one.number,
  status: statusToFlashErp(one.status),
  currency: one.currency,
  subtotal: exactNumber(one.subtotal),
  tax: exactNumber(one.tax),
  total: exactNumber(one.total),
  paid_amount: exactNumber(one.paidAmount),
  customer_id: linkOf(one.customerId),
  order_number: one.orderNumber,
  issued_at: one.issuedAt,
  due_at: one.dueAt,
  paid_at: one.paidAt,
  ...(one.notes != null && { notes: one.notes }),
});

/** The body that FlashERP is sent; amounts are JSON numbers with exactly their digits. */
export function toFlashErp(entityType: FlashErpType, snapshot: Snapshot, linkOf: LinkOf): Record<string, unknown> {
  switch (entityType) {
    case 'CUSTOMER':
      return customer(snapshot as CustomerSnapshot);
    case 'TRANSACTION':
      return transaction(snapshot as TransactionSnapshot, linkOf);
    case 'BILLING_SUBSCRIPTION':
      return subscription(snapshot as BillingSubscriptionSnapshot, linkOf);
    case 'INVOICE':
      return invoice(snapshot as InvoiceSnapshot, linkOf);
  }
}
