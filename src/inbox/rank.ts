import type {
  BillingSubscriptionStatus,
  EntityStatus,
  InvoiceStatus,
  OrderStatus,
  TransactionStatus,
} from '../model/statuses.js';

const ORDER: OrderStatus[] = [
  'PENDING',
  'ON_HOLD',
  'FAILED',
  'CONFIRMED',
  'PAID',
  'EXPORTED',
  'PROCESSING',
  'PICKING',
  'PACKED',
  'SHIPPED',
  'DELIVERED',
  'CANCELLED',
  'RETURNED',
  'REFUNDED',
];
const INVOICE: InvoiceStatus[] = [
  'DRAFT',
  'ISSUED',
  'SENT',
  'OVERDUE',
  'PARTIALLY_PAID',
  'PAID',
  'CANCELLED',
  'REFUNDED',
  'VOID',
];
const TRANSACTION: TransactionStatus[] = [
  'PENDING',
  'FAILED',
  'SUCCEEDED',
  'CANCELLED',
  'DISPUTED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
];
const BILLING_SUBSCRIPTION: BillingSubscriptionStatus[] = [
  'INCOMPLETE',
  'TRIALING',
  'ACTIVE',
  'PAST_DUE',
  'PAUSED',
  'CANCELLED',
];
const COURSES: Record<string, readonly string[]> = { ORDER, INVOICE, TRANSACTION, BILLING_SUBSCRIPTION };

/**
 * How far along a status is. Decides between two events of one instant, since many senders' clocks tick in whole
 * seconds: whichever arrives last, the entity ends where the further one says.
 */
export function rankOf(entityType: string, status: EntityStatus | null): number | null {
  return status === null ? null : (COURSES[entityType]?.indexOf(status) ?? null);
}
