import type {
  BillingInterval,
  BillingSubscriptionStatus,
  InvoiceStatus,
  OrderStatus,
  TransactionStatus,
  TransactionType,
} from './statuses.js';

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

/** A customer as one sync event carries it. */
export interface CustomerSnapshot {
  id: string;
  /** The merchant's own id of the customer. */
  reference: string | null;
  name: string | null;
  email: string | null;
  phone: string | null;
  /** Absent in an order, and in what was accepted before it was kept. */
  address?: AddressSnapshot | null;
}

/** An order as one sync event carries it: what is sent upstream on every attempt. Amounts are exact decimal text, times ISO 8601 UTC. */
export interface OrderSnapshot {
  id: string;
  number: string;
  status: OrderStatus;
  currency: string;
  customer: CustomerSnapshot | null;
  lines: { sku: string; name: string | null; quantity: number; unitPrice: string; total: string }[];
  totals: { subtotal: string; tax: string; shipping: string; discount: string; grandTotal: string };
  shippingAddress: AddressSnapshot | null;
  billingAddress: AddressSnapshot | null;
  deliveryMethod: string | null;
  /** Absent in what was accepted before it was kept. */
  notes?: string | null;
  /** What its systems keep with it beside all this. Absent in what was accepted before it was kept. */
  metadata?: Record<string, unknown> | null;
  trackingNumbers: string[];
  placedAt: string;
  /** Absent in what was accepted before it was kept. */
  updatedAt?: string;
}

/** An invoice as one sync event carries it. Amounts are exact decimal text, times ISO 8601 UTC. */
export interface InvoiceSnapshot {
  id: string;
  number: string;
  orderId: string | null;
  orderNumber: string | null;
  /** The order's id in the same integration, where it is known when the effect is accepted. */
  orderExternalId: string | null;
  /** Absent in what was accepted before it was recorded. */
  customerId?: string | null;
  status: InvoiceStatus;
  currency: string;
  subtotal: string;
  tax: string;
  total: string;
  paidAmount: string;
  issuedAt: string;
  dueAt: string | null;
  paidAt: string | null;
  /** Absent in what was accepted before it was kept. */
  notes?: string | null;
}

/** A movement of money as one sync event carries it. The amount is exact decimal text, never below zero. */
export interface TransactionSnapshot {
  id: string;
  /** Its id where it happened, e.g. at the payment provider. */
  reference: string;
  type: TransactionType;
  status: TransactionStatus;
  amount: string;
  currency: string;
  description: string | null;
  customerId: string | null;
  orderId: string | null;
  orderNumber: string | null;
  occurredAt: string;
}

/** A subscription that a customer pays for, as one sync event carries it. The amount is what one interval costs. */
export interface BillingSubscriptionSnapshot {
  id: string;
  /** Its id where it was made, e.g. at the payment provider. */
  reference: string;
  plan: string;
  status: BillingSubscriptionStatus;
  amount: string;
  currency: string;
  interval: BillingInterval;
  customerId: string | null;
  startedAt: string;
  currentPeriodStart: string | null;
  currentPeriodEnd: string | null;
  cancelAtPeriodEnd: boolean;
  cancelledAt: string | null;
}

/** What one sync event carries of its entity. */
export type Snapshot =
  | OrderSnapshot
  | InvoiceSnapshot
  | CustomerSnapshot
  | TransactionSnapshot
  | BillingSubscriptionSnapshot;
