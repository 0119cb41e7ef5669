import { z } from 'zod';
import type { InboundOrder } from '../pull.js';
import { decimalText } from '../text/exact-json.js';

const Text = z
  .union([z.string(), z.int()])
  .transform((value) => String(value).trim() || null)
  .nullish();
const Amount = z.union([z.string(), z.number()]).transform((value, context) => {
  const decimal = decimalText(value);
  if (decimal === null) context.addIssue('must be a decimal');
  return decimal ?? '';
});

const Line = z
  .object({
    sku: z.string().min(1),
    name: Text,
    quantity: z.int().nullish(),
    qty: z.int().nullish(),
    unitPrice: Amount.nullish(),
    price: Amount.nullish(),
    total: Amount.nullish(),
  })
  .transform(({ sku, name, quantity, qty, unitPrice, price, total }) => ({
    ...{ sku, name: name ?? null, quantity: quantity ?? qty ?? null, unitPrice: unitPrice ?? price ?? null },
    total: total ?? null,
  }))
  .pipe(
    z.object({
      ...{ sku: z.string(), name: z.string().nullable(), quantity: z.int().positive(), unitPrice: z.string() },
      total: z.string().nullable(),
    }),
  );
const Lines = z.array(Line).min(1);

const Customer = z.object({ id: Text, reference: Text, name: Text, email: Text, phone: Text });
const Address = z.object({
  ...{ name: Text, company: Text, line1: Text, street: Text, line2: Text, city: Text, region: Text, state: Text },
  ...{ postalCode: Text, zip: Text, country: Text, phone: Text },
});
const Totals = z.object({
  ...{ subtotal: Amount.nullish(), tax: Amount.nullish(), shipping: Amount.nullish(), discount: Amount.nullish() },
  grandTotal: Amount.nullish(),
});

const Whole = z
  .object({
    ...{ number: Text, orderNumber: Text, orderId: Text, id: Text, currency: Text, deliveryMethod: Text, notes: Text },
    ...{ customerName: Text, customerEmail: Text },
    lines: Lines.nullish(),
    items: Lines.nullish(),
    customer: Customer.nullish(),
    totals: Totals.nullish(),
    shippingAddress: Address.nullish(),
    billingAddress: Address.nullish(),
    metadata: z.record(z.string(), z.unknown()).nullish().catch(null),
    placedAt: z.iso.datetime({ offset: true }).nullish(),
    createdAt: z.iso.datetime({ offset: true }).nullish(),
  })
  .transform((told) => ({ ...told, lines: told.lines ?? told.items ?? [] }));
type Whole = z.output<typeof Whole>;

/** What an integration may say of the currency of a system that names none. */
const Settings = z.object({ defaultCurrency: z.string().optional(), localCurrency: z.string().optional() });

/** The order that a gateway event tells, where it tells enough to make one: a number, a currency, and lines with their prices. */
export function orderOf(data: unknown, settings: unknown): InboundOrder | null {
  const told = Whole.safeParse(data).data;
  if (!told || told.lines.length === 0) return null;
  const { defaultCurrency, localCurrency } = Settings.safeParse(settings).data ?? {};
  const number = told.number ?? told.orderNumber ?? told.orderId ?? told.id ?? null;
  const currency = told.currency?.toUpperCase() ?? defaultCurrency ?? localCurrency ?? null;
  if (number === null || currency === null) return null;
  const { lines, deliveryMethod, notes, metadata, totals } = told;
  return {
    ...{ number, currency, lines, deliveryMethod: deliveryMethod ?? null, customer: customerOf(told) },
    ...{ notes: notes ?? null, metadata: metadata ?? null },
    placedAt: told.placedAt ?? told.createdAt ?? null,
    totals: totals ? { ...NO_TOTALS, ...totals } : null,
    shippingAddress: addressOf(told.shippingAddress),
    billingAddress: addressOf(told.billingAddress),
  };
}

const NO_TOTALS = { subtotal: null, tax: null, shipping: null, discount: null, grandTotal: null };

function customerOf({ customer, customerName, customerEmail }: Whole): InboundOrder['customer'] {
  const reference = customer?.reference ?? customer?.id ?? null;
  const name = customer?.name ?? customerName ?? null;
  const email = customer?.email ?? customerEmail ?? null;
  const phone = customer?.phone ?? null;
  return (reference ?? name ?? email ?? phone) ? { reference, name, email, phone } : null;
}

function addressOf(address: Whole['shippingAddress']): InboundOrder['shippingAddress'] {
  const line1 = address?.line1 ?? address?.street ?? null;
  if (!address || line1 === null) return null;
  const { name, company, line2, city, region, state, postalCode, zip, country, phone } = address;
  return {
    ...{ name: name ?? null, company: company ?? null, line1, line2: line2 ?? null, city: city ?? null },
    ...{ region: region ?? state ?? null, postalCode: postalCode ?? zip ?? null, country: country ?? null },
    phone: phone ?? null,
  };
}
