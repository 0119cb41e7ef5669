import { z } from 'zod';
import { decimalText, exactNumber } from '../text/exact-json.js';
import type { Collection } from './client.js';
import { INVOICE_STATUS_FROM_PORTAL, ORDER_STATUS_FROM_PORTAL } from './mapping.js';

/** Amounts by their field, as the decimal text that was sent. */
export type Amounts = Record<string, string>;

/** An order or an invoice in the simulated portal. */
export interface PortalEntity {
  collection: Collection;
  id: string;
  /** Counts the entities of this portal, from 1. */
  serial: number;
  number: string;
  erpId: string;
  orderId: string | null;
  status: string;
  currency: string;
  lines: unknown[];
  amounts: Amounts;
  /** What it has no use for and shows as it was sent. */
  kept: { notes?: string | null; metadata?: Record<string, unknown> | null };
  trackingNumbers: string[];
  paid: { date: string; amount: string } | null;
  createdAt: string;
  updatedAt: string;
}

/** What a body sets. */
export type PortalBody = Pick<
  PortalEntity,
  'number' | 'erpId' | 'orderId' | 'status' | 'currency' | 'lines' | 'amounts' | 'kept'
>;

const Amount = z.union([z.number(), z.string()]).transform((value, context) => {
  const text = decimalText(value);
  if (text !== null) return text;
  context.addIssue({ code: 'custom', message: 'must be an amount' });
  return z.NEVER;
});
const Text = z.string().min(1).max(255);
const Currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code');
const Item = z.object({ sku: Text, quantity: z.int().min(1), unit_price: Amount, line_total: Amount });

const OrderBody = z
  .object({
    erp_order_id: Text,
    order_number: Text,
    status: z.enum(Object.keys(ORDER_STATUS_FROM_PORTAL)),
    currency: Currency,
    items: z.array(Item).min(1),
    subtotal: Amount,
    tax_amount: Amount,
    shipping_amount: Amount,
    discount_amount: Amount,
    total_amount: Amount,
    notes: z.string().optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
  })
  .transform(({ erp_order_id, order_number, status, currency, items, notes, metadata, ...amounts }): PortalBody => {
    const kept = { ...(notes !== undefined && { notes }), ...(metadata && { metadata }) };
    return { number: order_number, erpId: erp_order_id, orderId: null, status, currency, lines: items, amounts, kept };
  });

const InvoiceBody = z
  .object({
    erp_invoice_id: Text,
    invoice_number: Text,
    order_id: Text.nullish(),
    status: z.enum(Object.keys(INVOICE_STATUS_FROM_PORTAL)),
    currency: Currency,
    subtotal: Amount,
    tax_amount: Amount,
    total_amount: Amount,
    notes: z.string().optional(),
  })
  .transform(({ erp_invoice_id, invoice_number, order_id, status, currency, notes, ...amounts }): PortalBody => {
    const kept = notes === undefined ? {} : { notes };
    const orderId = order_id ?? null;
    return { number: invoice_number, erpId: erp_invoice_id, orderId, status, currency, lines: [], amounts, kept };
  });

/** What the portal accepts. */
export const PortalBodies: Record<Collection, z.ZodType<PortalBody>> = { orders: OrderBody, invoices: InvoiceBody };

/** The entity's number under its own name. */
export function numbered({ collection, number }: PortalEntity) {
  return collection === 'orders' ? { order_number: number } : { invoice_number: number };
}

function exact(amounts: Amounts): Record<string, unknown> {
  return Object.fromEntries(Object.entries(amounts).map(([name, text]) => [name, exactNumber(text)]));
}

/** The entity as the portal answers it. */
export function show(entity: PortalEntity): Record<string, unknown> {
  const isOrder = entity.collection === 'orders';
  return {
    id: entity.id,
    ...numbered(entity),
    status: entity.status,
    ...(isOrder
      ? { erp_order_id: entity.erpId, items: entity.lines, tracking_numbers: entity.trackingNumbers }
      : { erp_invoice_id: entity.erpId, order_id: entity.orderId }),
    currency: entity.currency,
    ...exact(entity.amounts),
    ...entity.kept,
    ...(entity.paid && { paid_date: entity.paid.date, paid_amount: exactNumber(entity.paid.amount) }),
    created_at: entity.createdAt,
    updated_at: entity.updatedAt,
  };
}
