import { z } from 'zod';
import { decimalText } from '../connectors/text/exact-json.js';
import { readInstant } from '../model/read-instant.js';
import {
  BillingInterval,
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
/** As the hub's own amounts are: exact, and not below zero. */
const money = amount.pipe(z.string().regex(/^\d{1,20}(\.\d{1,10})?$/, 'must be a decimal of at least 0 such as 12.50'));
const whole = amount
  .transform(Number)
  .pipe(z.int({ error: 'must be a whole number' }).min(-2_147_483_648).max(2_147_483_647));
const time = text.transform((value, context) => {
  const at = readInstant(value);
  if (at === null) context.addIssue({ code: 'custom', message: 'must be a time in ISO 8601' });
  return at ?? '';
});
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
const currency = text
  .transform((value) => value.toUpperCase())
  .refine((code) => CURRENCIES.has(code), 'must be an ISO 4217 currency such as EUR');
const yesOrNo = text
  .transform((value) => value.toLowerCase())
  .pipe(z.enum(['true', 'false', '1', '0'], { error: 'must be true or false' }))
  .transform((value) => value === 'true' || value === '1');
const texts = z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(text).max(1000));
const word = (words: Record<string, string>) =>
  text
    .transform((value) => value.toUpperCase())
    .pipe(z.enum(words, { error: `must be one of ${Object.keys(words).join(', ')}` }));

const notes = z
  .union([z.string(), z.number()], { error: 'must be text' })
  .transform(String)
  .pipe(z.string().max(10_000));
const anything = z.unknown();
const jsonObject = z.record(z.string(), z.unknown(), { error: 'must be a JSON object' });

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
const CUSTOMER = { name: text, email: text.pipe(z.string().max(320)), phone: text.pipe(z.string().max(64)) };
const ORDER_DETAILS: Record<string, Reading> = {
  'order.number': text,
  'order.currency': currency,
  'order.placedAt': time,
  'order.deliveryMethod': text,
  'order.notes': notes,
  'order.metadata': jsonObject,
  ...below('order.customer', { reference: text.pipe(z.string().max(255)), ...CUSTOMER }),
  'order.lines[].sku': forEach(text),
  'order.lines[].name': forEach(text),
  'order.lines[].quantity': forEach(whole),
  'order.lines[].unitPrice': forEach(money),
  'order.lines[].total': forEach(money),
  ...below('order.totals', { subtotal: money, tax: money, shipping: money, discount: money, grandTotal: money }),
  ...below('order.shippingAddress', ADDRESS),
  ...below('order.billingAddress', ADDRESS),
};
const INVOICE: Record<string, Reading> = {
  ...{
    subtotal: money,
    tax: money,
    total: money,
    currency,
    issuedAt: time,
    dueAt: time,
    paidAt: time,
    paidAmount: money,
    notes,
  },
};
const SUBSCRIPTION: Record<string, Reading> = {
  ...{ plan: text, amount: money, currency, interval: word(BillingInterval) },
  ...{ startedAt: time, currentPeriodStart: time, currentPeriodEnd: time, cancelAtPeriodEnd: yesOrNo },
};
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
  ORDER: { ...EVENT, status: word(OrderStatus), trackingNumbers: texts, ...ORDER_DETAILS },
  INVOICE: { ...EVENT, status: word(InvoiceStatus), ...INVOICE },
  CUSTOMER: { ...EVENT, ...CUSTOMER, ...below('address', ADDRESS) },
  TRANSACTION: { ...EVENT, status: word(TransactionStatus), amount: money, currency, description: text },
  BILLING_SUBSCRIPTION: { ...EVENT, status: word(BillingSubscriptionStatus), ...SUBSCRIPTION },
  // Whatever tells of the one may tell of the other; what a list does not keep of a row is left there.
  PRODUCT: { ...PRODUCT, ...STOCK },
  INVENTORY: { ...PRODUCT, ...STOCK },
};

/** The names of collections that a target may begin with, as in `products.sku`. */
const COLLECTIONS: Partial<Record<EntityType, RegExp>> = {
  ORDER: /^orders?\./,
  INVOICE: /^invoices?\./,
  CUSTOMER: /^customers?\./,
  TRANSACTION: /^transactions?\./,
  BILLING_SUBSCRIPTION: /^subscriptions?\./,
  PRODUCT: /^(products?|inventory|stock)\./,
  INVENTORY: /^(products?|inventory|stock)\./,
};
const OTHER_NAMES: Readonly<Record<string, string>> = { stock: 'onHand' };

/** One name among those that an order's systems keep with it. */
const METADATA = /^order\.metadata\.[^.[\]]+$/;

const readingOf = (entityType: EntityType, field: string): Reading | undefined =>
  entityType === 'ORDER' && METADATA.test(field) ? anything : FIELDS[entityType]?.[field];

/** The hub's field that a target means: `products.price` and `price` are the same, and so are `order.notes` and `notes`. */
export function inboundField(entityType: EntityType, target: string): string {
  const collection = COLLECTIONS[entityType];
  const field = collection ? target.replace(collection, '') : target;
  const other = OTHER_NAMES[field] ?? field;
  const names = [target, other, ...(entityType === 'ORDER' ? [`order.${other}`] : [])];
  return names.find((name) => readingOf(entityType, name)) ?? other;
}

/** Whether rules for this kind of entity may write the field. */
export const isInboundField = (entityType: EntityType, field: string): boolean =>
  readingOf(entityType, field) !== undefined;

/** The fields that rules for this kind of entity may write; `order.metadata.<name>` stands for any name. */
export function inboundFields(entityType: EntityType): string[] {
  const fields = Object.keys(FIELDS[entityType] ?? {});
  return entityType === 'ORDER' ? [...fields, 'order.metadata.<name>'] : fields;
}

/** The value as the hub's field has it. @throws Error that says what the field takes */
export function readInbound(entityType: EntityType, field: string, value: unknown): unknown {
  const reading = readingOf(entityType, field);
  if (!reading) throw new Error(`the hub's ${entityType.toLowerCase()} has no field ${field} that a rule may write`);
  const parsed = reading.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`${field} ${parsed.error.issues[0]?.message ?? 'has a wrong value'}`);
}
