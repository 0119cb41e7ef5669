import type { Tx } from '../db/database.js';
import type { InvoiceSnapshot, OrderSnapshot } from '../model/snapshots.js';

const time = (column: string) => `replace(to_json(${column}) #>> '{}', '+00:00', 'Z')`;

const address = (prefix: string) => `case when o.${prefix}_line1 is not null then json_build_object(
  'name', o.${prefix}_name, 'company', o.${prefix}_company, 'line1', o.${prefix}_line1, 'line2', o.${prefix}_line2,
  'city', o.${prefix}_city, 'region', o.${prefix}_region, 'postalCode', o.${prefix}_postal_code,
  'country', o.${prefix}_country, 'phone', o.${prefix}_phone) end`;

const ORDER = `select json_build_object(
  'id', o.id, 'number', o.number, 'status', o.status, 'currency', o.currency,
  'customer', case when c.id is not null then json_build_object(
    'id', c.id, 'reference', c.reference, 'name', c.name, 'email', c.email, 'phone', c.phone) end,
  'lines', (select coalesce(json_agg(json_build_object('sku', l.sku, 'name', l.name, 'quantity', l.quantity,
    'unitPrice', l.unit_price::text, 'total', l.total::text) order by l.line_no), '[]')
    from order_lines l where l.order_id = o.id),
  'totals', json_build_object('subtotal', o.subtotal::text, 'tax', o.tax::text, 'shipping', o.shipping::text,
    'discount', o.discount::text, 'grandTotal', o.grand_total::text),
  'shippingAddress', ${address('shipping')},
  'billingAddress', ${address('billing')},
  'deliveryMethod', o.delivery_method, 'trackingNumbers', to_json(o.tracking_numbers),
  'placedAt', ${time('o.placed_at')})::text snapshot
from orders o left join customers c on c.id = o.customer_id where o.id = $1`;

const INVOICE = `select json_build_object(
  'id', i.id, 'number', i.number, 'orderId', i.order_id, 'orderNumber', o.number, 'orderExternalId', k.external_id,
  'status', i.status, 'currency', i.currency, 'subtotal', i.subtotal::text, 'tax', i.tax::text,
  'total', i.total::text, 'paidAmount', i.paid_amount::text, 'issuedAt', ${time('i.issued_at')},
  'dueAt', ${time('i.due_at')}, 'paidAt', ${time('i.paid_at')})::text snapshot
from invoices i
left join orders o on o.id = i.order_id
left join links k on k.integration_id = $2 and k.entity_type = 'ORDER' and k.entity_id = i.order_id
where i.id = $1`;

/** The order as the transaction sees it now. */
export function orderSnapshot(tx: Tx, orderId: string): Promise<OrderSnapshot> {
  return read<OrderSnapshot>(tx, ORDER, [orderId]);
}

/** The invoice as the transaction sees it now; its order's external id is the integration's. */
export function invoiceSnapshot(tx: Tx, invoiceId: string, integrationId: string): Promise<InvoiceSnapshot> {
  return read<InvoiceSnapshot>(tx, INVOICE, [invoiceId, integrationId]);
}

async function read<Snapshot>(tx: Tx, statement: string, values: string[]): Promise<Snapshot> {
  const [row] = await tx.sql<{ snapshot: string }>(statement, values);
  if (!row) throw new Error(`Nothing to take a snapshot of: ${values[0]}`);
  return JSON.parse(row.snapshot) as Snapshot;
}
