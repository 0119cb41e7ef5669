import type { AddressSnapshot, InvoiceSnapshot, OrderSnapshot } from '../../model/snapshots.js';
import { writeDecimal } from '../local-decimals.js';
import type { CsvSettings } from './settings.js';

type Row = (string | null)[];

/** An order as one row per line, with the headers that imports know, too. */
export function orderTable(order: OrderSnapshot, key: string, { exportDecimalSign: sign }: CsvSettings): Row[] {
  const { customer, totals } = order;
  const amount = amountBy(sign);
  const head: [string, string | null][] = [
    ['order number', order.number],
    ['status', order.status],
    ['currency', order.currency],
    ['placed at', order.placedAt],
    ['customer reference', customer && (customer.reference ?? customer.id)],
    ['customer name', customer?.name ?? null],
    ['customer email', customer?.email ?? null],
    ['customer phone', customer?.phone ?? null],
  ];
  const foot: [string, string | null][] = [
    ['subtotal', amount(totals.subtotal)],
    ['tax', amount(totals.tax)],
    ['shipping', amount(totals.shipping)],
    ['discount', amount(totals.discount)],
    ['grand total', amount(totals.grandTotal)],
    ...addressFields(order.shippingAddress),
    ['delivery method', order.deliveryMethod],
    ...ids(order.id, key),
  ];
  const lines = order.lines.map(
    (line): Row => [line.sku, line.name, String(line.quantity), amount(line.unitPrice), amount(line.total)],
  );
  const names = [
    ...head.map(([name]) => name),
    'sku',
    'name',
    'quantity',
    'unit price',
    'line total',
    ...foot.map(([name]) => name),
  ];
  return [
    names,
    ...lines.map((line) => [...head.map(([, value]) => value), ...line, ...foot.map(([, value]) => value)]),
  ];
}

function addressFields(address: AddressSnapshot | null): [string, string | null][] {
  return [
    ['shipping name', address?.name ?? null],
    ['shipping address', address?.line1 ?? null],
    ['address 2', address?.line2 ?? null],
    ['city', address?.city ?? null],
    ['region', address?.region ?? null],
    ['postal code', address?.postalCode ?? null],
    ['country', address?.country ?? null],
  ];
}

export function invoiceTable(invoice: InvoiceSnapshot, key: string, { exportDecimalSign: sign }: CsvSettings): Row[] {
  const amount = amountBy(sign);
  const fields: [string, string | null][] = [
    ['invoice number', invoice.number],
    ['order number', invoice.orderNumber],
    ['status', invoice.status],
    ['currency', invoice.currency],
    ['subtotal', amount(invoice.subtotal)],
    ['tax', amount(invoice.tax)],
    ['total', amount(invoice.total)],
    ['paid amount', amount(invoice.paidAmount)],
    ['issued at', invoice.issuedAt],
    ['due at', invoice.dueAt],
    ['paid at', invoice.paidAt],
    ...ids(invoice.id, key),
  ];
  return [fields.map(([name]) => name), fields.map(([, value]) => value)];
}

const amountBy = (sign: CsvSettings['exportDecimalSign']) => (plain: string) => writeDecimal(plain, sign);
const ids = (id: string, key: string): [string, string][] => [
  ['hub id', id],
  ['export key', key],
];
