import type { Sql, Tx } from '../../db/database.js';
import type {
  BillingSubscriptionSnapshot,
  CustomerSnapshot,
  InvoiceSnapshot,
  OrderSnapshot,
  Snapshot,
  TransactionSnapshot,
} from '../../model/snapshots.js';

const time = (column: string) => `replace(to_json(${column}) #>> '{}', '+00:00', 'Z')`;

const address = (prefix: string) => `case when ${prefix}_line1 is not null then json_build_object(
  'name', ${prefix}_name, 'company', ${prefix}_company, 'line1', ${prefix}_line1, 'line2', ${prefix}_line2,
  'city', ${prefix}_city, 'region', ${prefix}_region, 'postalCode', ${prefix}_postal_code,
  'country', ${prefix}_country, 'phone', ${prefix}_phone) end`;

const ORDER = `select o.id, json_build_object(
  'id', o.id, 'number', o.number, 'status', o.status, 'currency', o.currency,
  'customer', case when c.id is not null then json_build_object(
    'id', c.id, 'reference', c.reference, 'name', c.name, 'email', c.email, 'phone', c.phone) end,
  'lines', (select coalesce(json_agg(json_build_object('sku', l.sku, 'name', l.name, 'quantity', l.quantity,
    'unitPrice', l.unit_price::text, 'total', l.total::text) order by l.line_no), '[]')
    from order_lines l where l.order_id = o.id),
  'totals', json_build_object('subtotal', o.subtotal::text, 'tax', o.tax::text, 'shipping', o.shipping::text,
    'discount', o.discount::text, 'grandTotal', o.grand_total::text),
  'shippingAddress', ${address('o.shipping')},
  'billingAddress', ${address('o.billing')},
  'deliveryMethod', o.delivery_method, 'notes', o.notes, 'metadata', o.metadata, 'trackingNumbers', to_json(o.tracking_numbers),
  'placedAt', ${time('o.placed_at')}, 'updatedAt', ${time('o.updated_at')})::text snapshot
from orders o left join customers c on c.id = o.customer_id where o.id = any($1)`;

const INVOICE = `select i.id, json_build_object(
  'id', i.id, 'number', i.number, 'orderId', i.order_id, 'orderNumber', o.number, 'orderExternalId', k.external_id, 'customerId', o.customer_id,
  'status', i.status, 'currency', i.currency, 'subtotal', i.subtotal::text, 'tax', i.tax::text,
  'total', i.total::text, 'paidAmount', i.paid_amount::text, 'issuedAt', ${time('i.issued_at')},
  'dueAt', ${time('i.due_at')}, 'paidAt', ${time('i.paid_at')}, 'notes', i.notes)::text snapshot
from invoices i
left join orders o on o.id = i.order_id
left join links k on k.integration_id = $2 and k.entity_type = 'ORDER' and k.entity_id = i.order_id
where i.id = any($1)`;

const CUSTOMER = `select c.id, json_build_object('id', c.id, 'reference', c.reference, 'name', c.name, 'email', c.email,
  'phone', c.phone, 'address', ${address('c.address')})::text snapshot
from customers c where c.id = any($1)`;

const TRANSACTION = `select t.id, json_build_object('id', t.id, 'reference', t.reference, 'type', t.type, 'status', t.status,
  'amount', t.amount::text, 'currency', t.currency, 'description', t.description, 'customerId', t.customer_id,
  'orderId', t.order_id, 'orderNumber', o.number, 'occurredAt', ${time('t.occurred_at')})::text snapshot
from transactions t left join orders o on o.id = t.order_id where t.id = any($1)`;

const BILLING_SUBSCRIPTION = `select s.id, json_build_object('id', s.id, 'reference', s.reference, 'plan', s.plan, 'status', s.status,
  'amount', s.amount::text, 'currency', s.currency, 'interval', s.billing_interval, 'customerId', s.customer_id,
  'startedAt', ${time('s.started_at')}, 'currentPeriodStart', ${time('s.current_period_start')},
  'currentPeriodEnd', ${time('s.current_period_end')}, 'cancelAtPeriodEnd', s.cancel_at_period_end,
  'cancelledAt', ${time('s.cancelled_at')})::text snapshot
from billing_subscriptions s where s.id = any($1)`;

/** The order as the transaction sees it now. */
export function readOrderSnapshot(tx: Tx, orderId: string): Promise<OrderSnapshot> {
  return read<OrderSnapshot>(tx, ORDER, [orderId]);
}

/** The invoice as the transaction sees it now; its order's external id is the integration's. */
export function readInvoiceSnapshot(tx: Tx, invoiceId: string, integrationId: string): Promise<InvoiceSnapshot> {
  return read<InvoiceSnapshot>(tx, INVOICE, [invoiceId, integrationId]);
}

export function readCustomerSnapshot(tx: Tx, customerId: string): Promise<CustomerSnapshot> {
  return read<CustomerSnapshot>(tx, CUSTOMER, [customerId]);
}

export function readTransactionSnapshot(tx: Tx, transactionId: string): Promise<TransactionSnapshot> {
  return read<TransactionSnapshot>(tx, TRANSACTION, [transactionId]);
}

export function readBillingSubscriptionSnapshot(tx: Tx, subscriptionId: string): Promise<BillingSubscriptionSnapshot> {
  return read<BillingSubscriptionSnapshot>(tx, BILLING_SUBSCRIPTION, [subscriptionId]);
}

/** The fields in which two snapshots of one entity differ, but for when it was changed. */
export function changedFields<Entity extends object>(before: Entity, after: Entity): string[] {
  const text = (value: unknown) => JSON.stringify(value);
  const old = new Map(Object.entries(before).map(([name, value]) => [name, text(value)]));
  return Object.entries(after).flatMap(([name, value]) =>
    name !== 'updatedAt' && old.get(name) !== text(value) ? [name] : [],
  );
}

const STATEMENTS = { ORDER, INVOICE, CUSTOMER, TRANSACTION, BILLING_SUBSCRIPTION };

/** Those of these entities that are there, by their ids. */
export async function readSnapshots(
  sql: Sql,
  entityType: keyof typeof STATEMENTS,
  ids: readonly string[],
  integrationId: string,
): Promise<Map<string, Snapshot>> {
  const values = entityType === 'INVOICE' ? [ids, integrationId] : [ids];
  const rows = await sql<{ id: string; snapshot: string }>(STATEMENTS[entityType], values);
  return new Map(rows.map(({ id, snapshot }) => [id, JSON.parse(snapshot) as Snapshot]));
}

async function read<One>(tx: Tx, statement: string, [id, ...rest]: string[]): Promise<One> {
  const [row] = await tx.sql<{ snapshot: string }>(statement, [[id], ...rest]);
  if (!row) throw new Error(`Nothing to take a snapshot of: ${id}`);
  return JSON.parse(row.snapshot) as One;
}
