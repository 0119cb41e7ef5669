import type { AddressSnapshot, InvoiceSnapshot, OrderSnapshot } from '../../model/snapshots.js';
import { writeDecimal } from '../text/local-decimals.js';
import type { CsvSettings } from './settings.js';

type Row = (string | null)[];
type Cells = Record<string, unknown>;

/**
 * What is exported, by the names of its columns, in their order; field mappings write into it. The columns of an order's
 * `lines` stand where `lines` stands, and each line is a row.
 */
export type ExportBody = Cells & { lines?: Cells[] };

/** An order with the headers that imports know, too. */
export function orderBody(order: OrderSnapshot, key: string, { exportDecimalSign: sign }: CsvSettings): ExportBody {
  const { customer, totals } = order;
  const amount = amountBy(sign);
  return {
    'order number': order.number,
    status: order.status,
    currency: order.currency,
    'placed at': order.placedAt,
    'customer reference': customer && (customer.reference ?? customer.id),
    'customer name': customer?.name ?? null,
    'customer email': customer?.email ?? null,
    'customer phone': customer?.phone ?? null,
    lines: order.lines.map((line) => ({
      sku: line.sku,
      name: line.name,
      quantity: String(line.quantity),
      'unit price': amount(line.unitPrice),
      'line total': amount(line.total),
    })),
    subtotal: amount(totals.subtotal),
    tax: amount(totals.tax),
    shipping: amount(totals.shipping),
    discount: amount(totals.discount),
    'grand total': amount(totals.grandTotal),
    ...addressFields(order.shippingAddress),
    'delivery method': order.deliveryMethod,
    notes: order.notes ?? null,
    ...ids(order.id, key),
  };
}

function addressFields(address: AddressSnapshot | null): Cells {
  return {
    'shipping name': address?.name ?? null,
    'shipping address': address?.line1 ?? null,
    'address 2': address?.line2 ?? null,
    city: address?.city ?? null,
    region: address?.region ?? null,
    'postal code': address?.postalCode ?? null,
    country: address?.country ?? null,
  };
}

export function invoiceBody(
  invoice: InvoiceSnapshot,
  key: string,
  { exportDecimalSign: sign }: CsvSettings,
): ExportBody {
  const amount = amountBy(sign);
  return {
    'invoice number': invoice.number,
    'order number': invoice.orderNumber,
    status: invoice.status,
    currency: invoice.currency,
    subtotal: amount(invoice.subtotal),
    tax: amount(invoice.tax),
    total: amount(invoice.total),
    'paid amount': amount(invoice.paidAmount),
    'issued at': invoice.issuedAt,
    'due at': invoice.dueAt,
    'paid at': invoice.paidAt,
    notes: invoice.notes ?? null,
    ...ids(invoice.id, key),
  };
}

/** The body as a table, its header first. */
export function tableOf(body: ExportBody): Row[] {
  const { lines } = body;
  if (!Array.isArray(lines)) return [Object.keys(body), Object.values(body).map(cellOf)];
  const ofLines = [...new Set(lines.flatMap((line) => Object.keys(line ?? {})))];
  const names = Object.keys(body).flatMap((name) => (name === 'lines' ? ofLines : [name]));
  const rowOf = (line: Cells) =>
    Object.entries(body).flatMap(([name, value]) =>
      name === 'lines' ? ofLines.map((column) => cellOf(line[column])) : [cellOf(value)],
    );
  return [names, ...lines.map(rowOf)];
}

function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const amountBy = (sign: CsvSettings['exportDecimalSign']) => (plain: string) => writeDecimal(plain, sign);
const ids = (id: string, key: string): Cells => ({ 'hub id': id, 'export key': key });
