import type { EntityStatus, InvoiceStatus, OrderStatus } from './statuses.js';

/**
 * Where an order may go when somebody of the hub moves it. Steps of fulfilment may be left out, but nothing is
 * delivered that was not shipped. What an upstream reports is not held to this: it has happened already.
 */
export const ORDER_TRANSITIONS: Record<OrderStatus, readonly OrderStatus[]> = {
  PENDING: [
    'CONFIRMED',
    'PAID',
    'EXPORTED',
    'PROCESSING',
    'PICKING',
    'PACKED',
    'SHIPPED',
    'CANCELLED',
    'ON_HOLD',
    'FAILED',
  ],
  CONFIRMED: ['PAID', 'EXPORTED', 'PROCESSING', 'PICKING', 'PACKED', 'SHIPPED', 'CANCELLED', 'ON_HOLD', 'FAILED'],
  PAID: ['EXPORTED', 'PROCESSING', 'PICKING', 'PACKED', 'SHIPPED', 'CANCELLED', 'REFUNDED', 'ON_HOLD', 'FAILED'],
  EXPORTED: ['PROCESSING', 'PICKING', 'PACKED', 'SHIPPED', 'CANCELLED', 'ON_HOLD', 'FAILED'],
  PROCESSING: ['PICKING', 'PACKED', 'SHIPPED', 'CANCELLED', 'ON_HOLD', 'FAILED'],
  PICKING: ['PACKED', 'SHIPPED', 'CANCELLED', 'ON_HOLD', 'FAILED'],
  PACKED: ['SHIPPED', 'CANCELLED', 'ON_HOLD', 'FAILED'],
  SHIPPED: ['DELIVERED', 'RETURNED', 'FAILED'],
  DELIVERED: ['RETURNED', 'REFUNDED'],
  CANCELLED: ['REFUNDED'],
  RETURNED: ['REFUNDED'],
  REFUNDED: [],
  ON_HOLD: ['PENDING', 'CONFIRMED', 'PAID', 'EXPORTED', 'PROCESSING', 'PICKING', 'PACKED', 'CANCELLED', 'FAILED'],
  FAILED: ['PENDING', 'CONFIRMED', 'PROCESSING', 'CANCELLED'],
};

/** The same for invoices. */
export const INVOICE_TRANSITIONS: Record<InvoiceStatus, readonly InvoiceStatus[]> = {
  DRAFT: ['ISSUED', 'SENT', 'CANCELLED', 'VOID'],
  ISSUED: ['SENT', 'PARTIALLY_PAID', 'PAID', 'OVERDUE', 'CANCELLED', 'VOID'],
  SENT: ['PARTIALLY_PAID', 'PAID', 'OVERDUE', 'CANCELLED', 'VOID'],
  PARTIALLY_PAID: ['PAID', 'OVERDUE', 'CANCELLED', 'REFUNDED'],
  OVERDUE: ['PARTIALLY_PAID', 'PAID', 'CANCELLED', 'VOID'],
  PAID: ['REFUNDED'],
  CANCELLED: [],
  REFUNDED: [],
  VOID: [],
};

const ON_THE_WAY = ['PENDING', 'CONFIRMED', 'PAID', 'EXPORTED', 'PROCESSING', 'PICKING', 'PACKED', 'SHIPPED'] as const;

/** The steps of an order that meets no obstacle. */
export const FULFILMENT: readonly OrderStatus[] = [...ON_THE_WAY, 'DELIVERED'];

/** Statuses that an upstream still may change: those that a status check asks for. */
export const OPEN_ORDER_STATUSES: readonly OrderStatus[] = [...ON_THE_WAY, 'ON_HOLD'];
export const OPEN_INVOICE_STATUSES: readonly InvoiceStatus[] = ['DRAFT', 'ISSUED', 'SENT', 'PARTIALLY_PAID', 'OVERDUE'];

/**
 * Where an order can be when it is news that it got to this step of fulfilment: for senders that tell no time, whose late
 * news nothing else gives away. Undefined for what is no such step, which may follow anything.
 */
export function statusesUpTo(status: EntityStatus | null): readonly OrderStatus[] | undefined {
  const step = FULFILMENT.indexOf(status as OrderStatus);
  return step < 0 ? undefined : ['ON_HOLD', 'FAILED', ...FULFILMENT.slice(0, step + 1)];
}

/** The same for invoices: where one can be when it is news that it is so now. A draft may become anything. */
export function invoiceStatusesBefore(status: EntityStatus | null): readonly InvoiceStatus[] {
  const all = Object.entries(INVOICE_TRANSITIONS) as [InvoiceStatus, readonly InvoiceStatus[]][];
  return all
    .filter(([from, next]) => from === 'DRAFT' || from === status || next.some((one) => one === status))
    .map(([from]) => from);
}
