import type { InvoiceStatus, OrderStatus } from '../model/statuses.js';

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

/**
 * How far along a status is. Decides between two events of one instant, since many senders' clocks tick in whole
 * seconds: whichever arrives last, the entity ends where the further one says.
 */
export function progressOf(entityType: string, status: OrderStatus | InvoiceStatus | null): number | null {
  if (status === null) return null;
  return (entityType === 'INVOICE' ? INVOICE : ORDER).indexOf(status as never);
}
