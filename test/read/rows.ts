import type { Database } from '../../src/db/database.js';
import {
  makeCustomer,
  makeGates,
  makeIntegrations,
  makeInvoice,
  makeLevel,
  makeLines,
  makeOrder,
  makePayouts,
  makeProduct,
  makeSubscription,
  makeTransaction,
} from './business-rows.js';
import { makeMapping, makeMappingVersion } from './mapping-rows.js';
import { randomOf } from './random.js';
import { type Row, range } from './row-values.js';
import {
  makeAlert,
  makeAttempts,
  makeAudit,
  makeChange,
  makeEvent,
  makeLane,
  makeLinks,
  makeProblem,
  makePull,
  makeWebhook,
} from './traffic-rows.js';

/** Fills a database with rows of two merchants: odd texts, exact amounts, nulls, equal sort keys. */
/** A dead letter parks its lane. */
const PARK_FAILED = `
insert into lanes (id, integration_id, parked) select id, integration_id, true from links where state = 'FAILED'
on conflict (id) do update set parked = true, due = null`;

export async function fillDatabase(db: Pick<Database, 'pool'>, seed = 1): Promise<void> {
  const random = randomOf(seed);
  const insert = (table: string, rows: Row[]) => insertRows(db, table, rows);
  const orders = range(40).map((n) => makeOrder(n, random));
  const invoices = orders.slice(0, 28).map((order, n) => makeInvoice(order, n, random));
  await insert(
    'merchants',
    ['m1', 'm2'].map((id) => ({ id, name: id })),
  );
  await insert('integrations', makeIntegrations());
  await insert('integration_gates', makeGates());
  await insert(
    'mappings',
    range(6).map((n) => makeMapping(n, random)),
  );
  await insert(
    'mapping_versions',
    range(12).map((n) => makeMappingVersion(n, random)),
  );
  await insert(
    'customers',
    range(12).map((n) => makeCustomer(n, random)),
  );
  await insert('orders', orders);
  await insert(
    'order_lines',
    orders.flatMap((order) => makeLines(order, random)),
  );
  await insert('invoices', invoices);
  const transactions = range(24).map((n) => makeTransaction(n, random));
  const subscriptions = range(12).map((n) => makeSubscription(n, random));
  await insert('transactions', transactions);
  await insert('billing_subscriptions', subscriptions);
  await insert('payouts', orders.slice(0, 10).flatMap(makePayouts));
  await insert(
    'products',
    range(15).map((n) => makeProduct(n, random)),
  );
  await insert(
    'inventory_levels',
    range(30).map((n) => makeLevel(n, random)),
  );
  const entities = [
    ...orders.map((row) => ({ ...row, $type: 'ORDER' })),
    ...invoices.map((row) => ({ ...row, $type: 'INVOICE' })),
    ...transactions.map((row) => ({ ...row, $type: 'TRANSACTION' })),
    ...subscriptions.map((row) => ({ ...row, $type: 'BILLING_SUBSCRIPTION' })),
  ];
  await insert(
    'links',
    entities.flatMap((entity) => makeLinks(entity, random)),
  );
  await insert('lanes', range(20).map(makeLane));
  await db.pool.query(PARK_FAILED);
  await insert(
    'sync_events',
    range(160).map((n) => makeEvent(n, random.pick(entities), random)),
  );
  await insert(
    'sync_attempts',
    range(120).flatMap((n) => makeAttempts(n + 1, random)),
  );
  await insert(
    'pulls',
    range(20).map((n) => makePull(n, random)),
  );
  await insert(
    'row_problems',
    range(40).map((n) => makeProblem(n, random)),
  );
  await insert(
    'webhook_events',
    range(50).map((n) => makeWebhook(n, random.pick(orders), random)),
  );
  await insert(
    'audit_entries',
    range(30).map((n) => makeAudit(n, random.pick(orders), random)),
  );
  await insert(
    'alerts',
    range(8).map((n) => makeAlert(n, random)),
  );
  await insert(
    'changes',
    orders.slice(0, 20).map((order, n) => makeChange(order, n)),
  );
}

/** Identities are given out by the database, in the order of the rows. */
async function insertRows(db: Pick<Database, 'pool'>, table: string, rows: Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
    .filter((name) => name !== '$type')
    .join(', ');
  await db.pool.query(
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
}
