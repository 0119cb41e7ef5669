import type {
  BillingSubscriptionStatus,
  EntityStatus,
  InvoiceStatus,
  OrderStatus,
  TransactionStatus,
} from '../model/statuses.js';
import { FULFILMENT } from '../model/transitions.js';

const HELD_UP: OrderStatus[] = ['ON_HOLD', 'FAILED'];
const OVER: OrderStatus[] = ['CANCELLED', 'RETURNED', 'REFUNDED'];
const ORDER = [...FULFILMENT.slice(0, 1), ...HELD_UP, ...FULFILMENT.slice(1), ...OVER];
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
