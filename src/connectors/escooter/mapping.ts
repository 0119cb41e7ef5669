import type { AddressSnapshot, OrderSnapshot } from '../../model/snapshots.js';
import type { OrderStatus } from '../../model/statuses.js';
import { exactNumber } from '../text/exact-json.js';
import type { ErpSettings } from './settings.js';

/** Words by which the ERP says that it has the order: they move nothing here. */
const ACKNOWLEDGEMENTS = new Set(['accepted', 'received', 'queued', 'pending', 'success']);

const ORDER_STATUS_FROM_ERP: Record<string, OrderStatus> = {
  confirmed: 'CONFIRMED',
  processing: 'PROCESSING',
  picking: 'PICKING',
  packed: 'PACKED',
  shipped: 'SHIPPED',
  delivered: 'DELIVERED',
  complete: 'DELIVERED',
  completed: 'DELIVERED',
  canceled: 'CANCELLED',
  cancelled: 'CANCELLED',
  returned: 'RETURNED',
  refunded: 'REFUNDED',
  closed: 'REFUNDED',
  on_hold: 'ON_HOLD',
  holded: 'ON_HOLD',
  rejected: 'ON_HOLD',
  failed: 'FAILED',
};

/** What a status of the ERP says in the hub's words; `source` is null where it says nothing of the order's state. */
export function statusFromErp(
  word: string | null | undefined,
  { statusMappings: { orders } }: Pick<ErpSettings, 'statusMappings'>,
): { sourceStatus: string | null; status: OrderStatus | null } {
  if (word == null) return { sourceStatus: null, status: null };
  const own = Object.hasOwn(orders, word) ? (orders[word] ?? null) : null;
  if (own !== null) return { sourceStatus: word, status: own };
  const lower = word.toLowerCase();
  if (ACKNOWLEDGEMENTS.has(lower)) return { sourceStatus: null, status: null };
  const known = Object.hasOwn(ORDER_STATUS_FROM_ERP, lower) ? (ORDER_STATUS_FROM_ERP[lower] ?? null) : null;
  return { sourceStatus: word, status: known };
}

/** The documented payload; amounts become JSON numbers with exactly their digits. */
export function orderToErp(order: OrderSnapshot): Record<string, unknown> {
  const name = splitName(order.customer?.name ?? order.billingAddress?.name ?? null);
  return {
    order_increment_id: order.number,
    order_id: order.id,
    customer_email: order.customer?.email ?? null,
    customer_firstname: name.first,
    customer_lastname: name.last,
    items: order.lines.map((line) => ({
      sku: line.sku,
      name: line.name,
      qty: line.quantity,
      price: exactNumber(line.unitPrice),
      row_total: exactNumber(line.total),
    })),
    totals: {
      subtotal: exactNumber(order.totals.subtotal),
      tax: exactNumber(order.totals.tax),
      shipping: exactNumber(order.totals.shipping),
      discount: exactNumber(order.totals.discount),
      grand_total: exactNumber(order.totals.grandTotal),
    },
    billing_address: addressToErp(order.billingAddress),
    shipping_address: addressToErp(order.shippingAddress),
    created_at: timeToErp(order.placedAt),
    updated_at: timeToErp(order.updatedAt ?? order.placedAt),
  };
}

/** UTC without zone and fraction, as the ERP's documents have it. */
function timeToErp(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

/** Names with the fields of a Magento address. */
function addressToErp(address: AddressSnapshot | null): Record<string, unknown> | null {
  if (!address) return null;
  const name = splitName(address.name);
  return {
    firstname: name.first,
    lastname: name.last,
    company: address.company,
    street: [address.line1, address.line2].filter((line) => line !== null),
    city: address.city,
    region: address.region,
    postcode: address.postalCode,
    country_id: address.country,
    telephone: address.phone,
  };
}

/** The last word is the family name; a single word is a first name. */
function splitName(name: string | null): { first: string | null; last: string | null } {
  const words = name?.trim().split(/\s+/) ?? [];
  if (words.length < 2) return { first: words[0] || null, last: null };
  return { first: words.slice(0, -1).join(' '), last: words.at(-1) ?? null };
}
