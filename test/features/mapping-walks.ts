import { expect } from '@jest/globals';
import type { Rule } from './mapping-client.js';

/** What a target is told, and what is then read at `at` of the entity; `at` left out: at the target. */
export interface Walk {
  told: unknown;
  at?: string;
  reads?: unknown;
}
const address = (base: string, at = base): Record<string, Walk> =>
  Object.fromEntries(
    ['name', 'company', 'line1', 'line2', 'city', 'region', 'postalCode', 'country', 'phone'].map((part) => [
      `${base}.${part}`,
      { told: `${part} of ${base}`, at: `${at}.${part}` },
    ]),
  );
const AT = '2026-03-04T05:06:07.000Z';

/** One rule for each target, its source `walk.<n>`. */
export const rulesFor = (targets: readonly string[]): Rule[] =>
  targets.map((target, at) => ({ source: `data.walk.v${at}`, target }));
export const dataFor = (walks: Record<string, Walk>) =>
  Object.fromEntries(Object.values(walks).map(({ told }, at) => [`v${at}`, told]));

/** Value at a path of what was read. */
export function at(shown: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, step) => (value as Record<string, unknown> | null)?.[step], shown);
}
export function expectWalked(walks: Record<string, Walk>, shown: unknown): void {
  const read = Object.entries(walks).map(([target, walk]) => [target, at(shown, walk.at ?? target)]);
  const wanted = Object.entries(walks).map(([target, { told, reads }]) => [target, reads === undefined ? told : reads]);
  expect(read).toEqual(wanted);
}

/** Targets that say which entity an event is about and when: each is seen by what the event reaches. */
export const OF_THE_EVENT = [
  'sourceStatus',
  'occurredAt',
  'reference.externalId',
  'reference.entityId',
  'reference.number',
];

export const ORDER_WALK: Record<string, Walk> = {
  status: { told: 'shipped', reads: 'SHIPPED' },
  trackingNumbers: { told: ['TRK-1', 'TRK-2'] },
  'order.placedAt': { told: AT, at: 'placedAt', reads: '2026-03-04T05:06:07Z' },
  'order.deliveryMethod': { told: 'bike', at: 'deliveryMethod' },
  'order.notes': { told: 'Ring twice', at: 'notes' },
  'order.metadata': { told: { door: 7 }, at: 'metadata.door', reads: 7 },
  'order.metadata.zone': { told: 'NORTH', at: 'metadata.zone' },
  'order.customer.reference': { told: 'cust-77', at: 'customer.reference' },
  'order.customer.name': { told: 'Ayşe', at: 'customer.name' },
  'order.customer.email': { told: 'ayse@example.com', at: 'customer.email' },
  'order.customer.phone': { told: '+90 1', at: 'customer.phone' },
  'order.totals.subtotal': { told: 10.5, at: 'totals.subtotal', reads: '10.5' },
  'order.totals.tax': { told: '2.100', at: 'totals.tax' },
  'order.totals.shipping': { told: 3, at: 'totals.shipping', reads: '3' },
  'order.totals.discount': { told: '0.25', at: 'totals.discount' },
  'order.totals.grandTotal': { told: '12345678901234567.89', at: 'totals.grandTotal' },
  ...address('order.shippingAddress', 'shippingAddress'),
  ...address('order.billingAddress', 'billingAddress'),
};
/** Of an order that the event makes; a known one keeps them. */
export const OF_A_NEW_ORDER = [
  ...['order.number', 'order.currency', 'order.lines[].sku', 'order.lines[].name', 'order.lines[].quantity'],
  ...['order.lines[].unitPrice', 'order.lines[].total'],
];

const TIME = { told: AT, reads: '2026-03-04T05:06:07Z' };
export const INVOICE_WALK: Record<string, Walk> = {
  status: { told: 'PARTIALLY_PAID' },
  subtotal: { told: '100.10' },
  tax: { told: '18.020' },
  total: { told: '118.12' },
  currency: { told: 'usd', reads: 'USD' },
  ...{ issuedAt: TIME, dueAt: TIME, paidAt: TIME },
  paidAmount: { told: 18.02, reads: '18.02' },
  notes: { told: 'Second reminder' },
};
export const CUSTOMER_WALK: Record<string, Walk> = {
  name: { told: 'Grace' },
  email: { told: 'grace@example.com' },
  phone: { told: '+1 2' },
  ...address('address'),
};
export const TRANSACTION_WALK: Record<string, Walk> = {
  status: { told: 'refunded', reads: 'REFUNDED' },
  amount: { told: '7.7700' },
  currency: { told: 'GBP' },
  description: { told: 'By rule' },
};
export const SUBSCRIPTION_WALK: Record<string, Walk> = {
  status: { told: 'PAST_DUE' },
  plan: { told: 'gold' },
  amount: { told: '77.10' },
  currency: { told: 'GBP' },
  interval: { told: 'year', reads: 'YEAR' },
  ...{ startedAt: TIME, currentPeriodStart: TIME, currentPeriodEnd: TIME },
  cancelAtPeriodEnd: { told: 'true', reads: true },
};

export const GOODS_WALK: Record<string, Walk> = {
  ...{ name: { told: 'Tea' }, brand: { told: 'Yes' }, barcode: { told: 123, reads: '123' }, price: { told: '4.50' } },
  ...{
    currency: { told: 'EUR' },
    thc: { told: '0.1%' },
    batchNumber: { told: 'B-1' },
    coaLink: { told: 'https://coa/1' },
  },
  location: { told: 'MAIN', at: 'inventory.0.location' },
  onHand: { told: 9, at: 'inventory.0.onHand' },
  reserved: { told: 2, at: 'inventory.0.reserved' },
  available: { told: 6, at: 'inventory.0.available' },
};
