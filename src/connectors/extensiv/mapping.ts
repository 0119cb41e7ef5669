import type { OrderSnapshot } from '../../model/snapshots.js';
import type { OrderStatus } from '../../model/statuses.js';
import type { PulledProduct, PulledStock } from '../pull.js';
import { exactNumber } from '../text/exact-json.js';
import type { ExtensivSettings } from './settings.js';
import type { ProductRow, StockRow } from './wire.js';

/** What the warehouse reports. An order that it has only taken in is one that was exported. */
const ORDER_STATUS_FROM_EXTENSIV: Record<string, OrderStatus> = {
  received: 'EXPORTED',
  created: 'EXPORTED',
  pending: 'EXPORTED',
  open: 'EXPORTED',
  paid: 'EXPORTED',
  exported: 'EXPORTED',
  processing: 'PROCESSING',
  picking: 'PICKING',
  picked: 'PICKING',
  packed: 'PACKED',
  shipped: 'SHIPPED',
  delivered: 'DELIVERED',
  cancelled: 'CANCELLED',
  canceled: 'CANCELLED',
  returned: 'RETURNED',
  on_hold: 'ON_HOLD',
};

/** The hub's status, by the integration's own mapping first; null: unmapped. */
export function orderStatusFromExtensiv(status: string, { statusMappings }: ExtensivSettings): OrderStatus | null {
  const word = status.toLowerCase();
  return own(statusMappings.orders, status) ?? own(ORDER_STATUS_FROM_EXTENSIV, word);
}

function own<T>(table: Record<string, T>, key: string): T | null {
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null;
}

/** What is sent there is paid, unless its status says otherwise. */
const PAYMENT_STATUS: Partial<Record<OrderStatus, string>> = {
  PENDING: 'pending',
  CONFIRMED: 'pending',
  CANCELLED: 'cancelled',
  REFUNDED: 'refunded',
};

/** The documented body; amounts become JSON numbers with exactly their digits. */
export function orderToExtensiv(order: OrderSnapshot): Record<string, unknown> {
  const { customer, shippingAddress: address } = order;
  return {
    customer: {
      name: customer?.name ?? address?.name ?? null,
      email: customer?.email ?? null,
      phone: customer?.phone ?? address?.phone ?? null,
      companyName: address?.company ?? null,
    },
    shipping_address: address && {
      street1: address.line1,
      street2: address.line2,
      city: address.city,
      state: address.region,
      zip: address.postalCode,
      country: address.country,
    },
    line_items: order.lines.map(({ sku, quantity, unitPrice, name }) => ({
      sku,
      quantity,
      price: exactNumber(unitPrice),
      description: name,
    })),
    order_number: order.number,
    order_date: order.placedAt,
    delivery_method: order.deliveryMethod,
    metadata: {
      delivery_zone: address?.region ?? null,
      ...(order.notes && { notes: order.notes }),
      ...order.metadata,
      portal_order_id: order.id,
      total_amount: exactNumber(order.totals.grandTotal),
      payment_status: PAYMENT_STATUS[order.status] ?? 'paid',
    },
  };
}

/** A change of an order there: its progress is the warehouse's own, only its end can come from here. */
export function changeToExtensiv(order: OrderSnapshot): Record<string, unknown> {
  const status = order.status === 'CANCELLED' || order.status === 'REFUNDED' ? { status: 'cancelled' } : {};
  return { ...orderToExtensiv(order), ...status };
}

/** All documented names of the eight fields. */
export function productFromExtensiv(row: ProductRow, { currency }: ExtensivSettings): PulledProduct {
  const price = row.price ?? row.unit_price ?? null;
  return {
    sku: row.sku,
    name: row.product_name ?? row.name ?? null,
    brand: row.brand ?? row.manufacturer ?? null,
    barcode: row.barcode ?? null,
    price,
    currency: price === null ? null : currency,
    thc: row.thc_content ?? row.thc_mg ?? null,
    batchNumber: row.batch_number ?? row.lot_number ?? null,
    coaLink: row.coa_url ?? row.certificate_url ?? null,
  };
}

export function stockFromExtensiv(row: StockRow, settings: ExtensivSettings): PulledStock {
  const available = row.quantity_available;
  const reserved = row.quantity_reserved ?? 0;
  return {
    ...productFromExtensiv(row, settings),
    location: row.warehouse ?? '',
    onHand: row.quantity_on_hand ?? available + reserved,
    reserved,
    available,
  };
}
