import type { AddressSnapshot, InvoiceSnapshot, OrderSnapshot } from '../../model/snapshots.js';
import type { InvoiceStatus, OrderStatus } from '../../model/statuses.js';
import { exactNumber } from '../text/exact-json.js';
import type { PortalSettings } from './settings.js';

type Mappings = PortalSettings['statusMappings'];

/** The portal's eleven order statuses. PAYMENT_FAILED and PAYMENT_PENDING lose their reason on the way. */
export const ORDER_STATUS_FROM_PORTAL = {
  PENDING: 'PENDING',
  CONFIRMED: 'CONFIRMED',
  PROCESSING: 'PROCESSING',
  SHIPPED: 'SHIPPED',
  DELIVERED: 'DELIVERED',
  CANCELLED: 'CANCELLED',
  RETURNED: 'RETURNED',
  REFUNDED: 'REFUNDED',
  ON_HOLD: 'ON_HOLD',
  PAYMENT_FAILED: 'ON_HOLD',
  PAYMENT_PENDING: 'PENDING',
} as const satisfies Record<string, OrderStatus>;
export type PortalOrderStatus = keyof typeof ORDER_STATUS_FROM_PORTAL;

/** The portal's ten invoice statuses; that an invoice was viewed is not kept. */
export const INVOICE_STATUS_FROM_PORTAL = {
  DRAFT: 'DRAFT',
  ISSUED: 'ISSUED',
  SENT: 'SENT',
  VIEWED: 'SENT',
  PAID: 'PAID',
  PARTIALLY_PAID: 'PARTIALLY_PAID',
  OVERDUE: 'OVERDUE',
  CANCELLED: 'CANCELLED',
  REFUNDED: 'REFUNDED',
  VOID: 'VOID',
} as const satisfies Record<string, InvoiceStatus>;
export type PortalInvoiceStatus = keyof typeof INVOICE_STATUS_FROM_PORTAL;

/** The hub knows steps that the portal does not: each becomes the nearest that the portal has reached by then. */
export const ORDER_STATUS_TO_PORTAL: Record<OrderStatus, PortalOrderStatus> = {
  PENDING: 'PENDING',
  CONFIRMED: 'CONFIRMED',
  PAID: 'CONFIRMED',
  EXPORTED: 'PROCESSING',
  PROCESSING: 'PROCESSING',
  PICKING: 'PROCESSING',
  PACKED: 'PROCESSING',
  SHIPPED: 'SHIPPED',
  DELIVERED: 'DELIVERED',
  CANCELLED: 'CANCELLED',
  RETURNED: 'RETURNED',
  REFUNDED: 'REFUNDED',
  ON_HOLD: 'ON_HOLD',
  FAILED: 'ON_HOLD',
};

/** The hub's status, by the integration's own mapping first; null: unmapped. */
export function orderStatusFromPortal(status: string, mappings: Mappings): OrderStatus | null {
  return own(mappings.orders, status) ?? own(ORDER_STATUS_FROM_PORTAL, status);
}

/** The hub's status, by the integration's own mapping first; null: unmapped. */
export function invoiceStatusFromPortal(status: string, mappings: Mappings): InvoiceStatus | null {
  return own(mappings.invoices, status) ?? own(INVOICE_STATUS_FROM_PORTAL, status);
}

/** A status named like a property of every object ("constructor") is unmapped like any other. */
function own<T>(table: Record<string, T>, key: string): T | null {
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null;
}

/** The body of an order at the portal; amounts become JSON numbers with exactly their digits. */
export function orderToPortal(order: OrderSnapshot): Record<string, unknown> {
  return {
    erp_order_id: order.id,
    order_number: order.number,
    status: ORDER_STATUS_TO_PORTAL[order.status],
    currency: order.currency,
    customer_ref_id: order.customer && (order.customer.reference ?? order.customer.id),
    customer: order.customer && pick(order.customer, ['name', 'email', 'phone']),
    items: order.lines.map((line, index) => ({
      line_number: index + 1,
      sku: line.sku,
      name: line.name,
      quantity: line.quantity,
      unit_price: exactNumber(line.unitPrice),
      line_total: exactNumber(line.total),
    })),
    subtotal: exactNumber(order.totals.subtotal),
    tax_amount: exactNumber(order.totals.tax),
    shipping_amount: exactNumber(order.totals.shipping),
    discount_amount: exactNumber(order.totals.discount),
    total_amount: exactNumber(order.totals.grandTotal),
    shipping_address: addressToPortal(order.shippingAddress),
    billing_address: addressToPortal(order.billingAddress),
    delivery_method: order.deliveryMethod,
    tracking_numbers: order.trackingNumbers,
    ...(order.notes != null && { notes: order.notes }),
    ...(order.metadata && { metadata: order.metadata }),
    placed_at: order.placedAt,
  };
}

/** The body of an invoice at the portal. `order_id` is the portal's id of the order, null while it is not known. */
export function invoiceToPortal(invoice: InvoiceSnapshot): Record<string, unknown> {
  return {
    erp_invoice_id: invoice.id,
    invoice_number: invoice.number,
    order_id: invoice.orderExternalId,
    erp_order_id: invoice.orderId,
    order_number: invoice.orderNumber,
    status: invoice.status satisfies PortalInvoiceStatus,
    currency: invoice.currency,
    subtotal: exactNumber(invoice.subtotal),
    tax_amount: exactNumber(invoice.tax),
    total_amount: exactNumber(invoice.total),
    paid_amount: exactNumber(invoice.paidAmount),
    issued_date: invoice.issuedAt,
    due_date: invoice.dueAt,
    paid_date: invoice.paidAt,
    ...(invoice.notes != null && { notes: invoice.notes }),
  };
}

function addressToPortal(address: AddressSnapshot | null): Record<string, unknown> | null {
  return (
    address && {
      ...pick(address, ['name', 'company', 'line1', 'line2', 'city', 'region']),
      postal_code: address.postalCode,
      ...pick(address, ['country', 'phone']),
    }
  );
}

function pick<T, K extends keyof T>(source: T, keys: K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, source[key]])) as Pick<T, K>;
}
