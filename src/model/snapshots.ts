import type { InvoiceStatus, OrderStatus } from './statuses.js';

/** A postal address; every part may be missing but the first line. */
export interface AddressSnapshot {
  name: string | null;
  company: string | null;
  line1: string;
  line2: string | null;
  city: string | null;
  region: string | null;
  postalCode: string | null;
  /** ISO 3166-1 alpha-2 where the source gives it. */
  country: string | null;
  phone: string | null;
}

/** An order as one sync event carries it: what is sent upstream on every attempt. Amounts are exact decimal text, times ISO 8601 UTC. */
export interface OrderSnapshot {
  id: string;
  number: string;
  status: OrderStatus;
  currency: string;
  customer: {
    id: string;
    reference: string | null;
    name: string | null;
    email: string | null;
    phone: string | null;
  } | null;
  lines: { sku: string; name: string | null; quantity: number; unitPrice: string; total: string }[];
  totals: { subtotal: string; tax: string; shipping: string; discount: string; grandTotal: string };
  shippingAddress: AddressSnapshot | null;
  billingAddress: AddressSnapshot | null;
  deliveryMethod: string | null;
  trackingNumbers: string[];
  placedAt: string;
}

/** An invoice as one sync event carries it. Amounts are exact decimal text, times ISO 8601 UTC. */
export interface InvoiceSnapshot {
  id: string;
  number: string;
  orderId: string | null;
  orderNumber: string | null;
  /** The order's id in the same integration, where it is known when the effect is accepted. */
  orderExternalId: string | null;
  status: InvoiceStatus;
  currency: string;
  subtotal: string;
  tax: string;
  total: string;
  paidAmount: string;
  issuedAt: string;
  dueAt: string | null;
  paidAt: string | null;
}

/** What one sync event carries of its entity. */
export type Snapshot = OrderSnapshot | InvoiceSnapshot;
