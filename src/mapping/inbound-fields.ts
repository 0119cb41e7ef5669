import { z } from 'zod';
import { decimalText } from '../connectors/exact-json.js';
import {
  BillingSubscriptionStatus,
  type EntityType,
  InvoiceStatus,
  OrderStatus,
  TransactionStatus,
} from '../model/statuses.js';

/** How a value that a rule found becomes a field of the hub. */
type Reading = z.ZodType;

const text = z
  .union([z.string(), z.number(), z.boolean()], { error: 'must be text' })
  .transform(String)
  .pipe(z.string().max(1000));
const amount = z.union([z.string(), z.number()], { error: 'must be a decimal' }).transform((value, context) => {
  const decimal = decimalText(typeof value === 'string' ? value.trim() : value);
  if (decimal === null) context.addIssue({ code: 'custom', message: 'must be a decimal such as 12.50' });
  return decimal ?? '';
});
const whole = amount
  .transform(Number)
  .pipe(z.int({ error: 'must be a whole number' }).min(-2_147_483_648).max(2_147_483_647));
const time = text.transform((value, context) => {
  const at = new Date(/^\d{4}-\d\d-\d\d/.test(value) ? value : Number.NaN);
  if (Number.isNaN(at.getTime())) context.addIssue({ code: 'custom', message: 'must be a time in ISO 8601' });
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
});
const texts = z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(text).max(1000));
const status = (statuses: Record<string, string>) =>
  text
    .transform((value) => value.toUpperCase())
    .pipe(z.enum(statuses, { error: `must be one of ${Object.keys(statuses).join(', ')}` }));

const EVENT: Record<string, Reading> = {
  sourceStatus: text,
  occurredAt: time,
  'reference.externalId': text,
  'reference.entityId': text,
  'reference.number': text,
};
/** One value for all, or a list with one for each element. */
const forEach = (reading: Reading) => z.union([z.array(reading), reading], { error: 'has a wrong value' });
const below = (path: string, fields: Record<string, Reading>) =>
  Object.fromEntries(Object.entries(fields).map(([name, reading]) => [`${path}.${name}`, reading]));
const ADDRESS = {
  ...{ name: text, company: text, line1: text, line2: text, city: text },
  ...{ region: text, postalCode: text, country: text, phone: text },
};
const ORDER_DETAILS: Record<string, Reading> = {
  'order.number': text,
  'order.currency': text,
  'order.placedAt': time,
  'order.deliveryMethod': text,
  'order.customer.reference': text,
  'order.customer.name': text,
  'order.customer.email': text,
  'order.customer.phone': text,
  'order.lines[].sku': forEach(text),
  'order.lines[].name': forEach(text),
  'order.lines[].quantity': forEach(whole),
  'order.lines[].unitPrice': forEach(amount),
  'order.lines[].total': forEach(amount),
  ...below('order.totals', { subtotal: amount, tax: amount, shipping: amount, discount: amount, grandTotal: amount }),
  ...below('order.shippingAddress', ADDRESS),
  ...below('order.billingAddress', ADDRESS),
};
const RECORD: Record<string, Reading> = { amount, currency: text };
const PRODUCT: Record<string, Reading> = {
  sku: text,
  name: text,
  brand: text,
  barcode: text,
  price: amount,
  currency: text,
  thc: text,
  batchNumber: text,
  coaLink: text,
};
const STOCK: Record<string, Reading> = { location: text, onHand: whole, reserved: whole, available: whole };

/** What a rule may write on the way in, by kind of entity: fields of an inbound event or of a pulled row. */
const FIELDS: Partial<Record<EntityType, Record<string, Reading>>> = {
  ORDER: { ...EVENT, ...ORDER_DETAILS, status: status(OrderStatus), trackingNumbers: texts },
  INVOICE: { ...EVENT, status: status(InvoiceStatus), paidAt: time, paidAmount: amount },
  CUSTOMER: EVENT,
  TRANSACTION: { ...EVENT, ...RECORD, description: text, status: status(TransactionStatus) },
  BILLING_SUBSCRIPTION: { ...EVENT, ...RECORD, plan: text, status: status(BillingSubscriptionStatus) },
  // Whatever tells of the one may tell of the other; what a list does not keep of a row is left there.
  PRODUCT: { ...PRODUCT, ...STOCK },
  INVENTORY: { ...PRODUCT, ...STOCK },
};

/** The names of collections that a target may begin with, as in `products.sku`. */
const COLLECTIONS: Partial<Record<EntityType, RegExp>> = {
  ORDER: /^orders\./,
  INVOICE: /^invoices\./,
  CUSTOMER: /^customers\./,
  TRANSACTION: /^transactions\./,
  BILLING_SUBSCRIPTION: /^subscriptions\./,
  PRODUCT: /^(products|inventory)\./,
  INVENTORY: /^(products|inventory)\./,
};
const OTHER_NAMES: Readonly<Record<string, string>> = { stock: 'onHand' };

/** The hub's field that a target means: `products.price` and `price` are the same. */
export function inboundField(entityType: EntityType, target: string): string {
  const collection = COLLECTIONS[entityType];
  const field = collection ? target.replace(collection, '') : target;
  return OTHER_NAMES[field] ?? field;
}

/** The fields that rules for this kind of entity may write. */
export function inboundFields(entityType: EntityType): string[] {
  return Object.keys(FIELDS[entityType] ?? {});
}

/** The value as the hub's field has it. @throws Error that says what the field takes */
export function readInbound(entityType: EntityType, field: string, value: unknown): unknown {
  const reading = FIELDS[entityType]?.[field];
  if (!reading) throw new Error(`the hub's ${entityType.toLowerCase()} has no field ${field} that a rule may write`);
  const parsed = reading.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`${field} ${parsed.error.issues[0]?.message ?? 'has a wrong value'}`);
}
