import type { Database } from '../../src/db/database.js';
import {
<<<<<<< HEAD
  BillingInterval,
  BillingSubscriptionStatus,
  Direction,
  InvoiceStatus,
  Operation,
  OrderStatus,
  SyncEventStatus,
  SyncState,
  TransactionStatus,
  TransactionType,
  WebhookStatus,
} from '../../src/model/statuses.js';
import { type Random, randomOf } from './random.js';

type Row = Record<string, unknown>;

const TEXTS = ['plain', 'Ayşe & Söhne', 'quote " and \\ slash', 'line\nbreak', 'שלום עולם', '🙂 emoji', '', "it's"];
const AMOUNTS = ['0', '0.1', '19.90', '199.98', '0.3333', '12345678901234567.89', '-5.00'];
const DOCUMENTS = [null, {}, { a: [1, 2.5, 'x'] }, 'text', 7, { big: '9007199254740993', deep: { null: null } }];
const INTEGRATIONS = ['b2b-portal', 'int-2', 'int-3'];
=======
  makeCustomer,
  makeGates,
  makeIntegrations,
  makeInvoice,
  makeLevel,
  makeLines,
  makeOrder,
  makePayouts,
  makeProduct,
} from './business-rows.js';
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
>>>>>>> bedbba0 (Split the rows that reads are compared over)

/** Fills a database with rows of two merchants: odd texts, exact amounts, nulls, equal sort keys. */
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
<<<<<<< HEAD

function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

function id(prefix: string, n: number): string {
  return `${prefix}_${String(n).padStart(4, '0')}`;
}

/** Few distinct times, some with microseconds, so that sort keys repeat. */
function time(random: Random): string {
  const day = String(1 + random.int(9)).padStart(2, '0');
  return `2026-01-${day}T10:00:00${random.pick(['', '.5', '.123456', '.000001'])}Z`;
}

function orNull<T>(random: Random, value: T): T | null {
  return random.chance(0.3) ? null : value;
}

function makeIntegrations(): Row[] {
  return INTEGRATIONS.map((name, n) => ({
    id: name,
    merchant_id: n === 2 ? 'm2' : 'm1',
    name: TEXTS[n],
    connector: n === 1 ? 'csv' : 'b2b-portal',
    mode: 'HYBRID',
    enabled: n !== 1,
    sealed_credentials: n === 0 ? { keyId: 'k' } : null,
    settings: { a: n },
    mappings: {},
    configured_by: 'API',
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
  }));
}

function makeGates(): Row[] {
  return [
    {
      integration_id: 'b2b-portal',
      circuit: 'CLOSED',
      failures: 0,
      reachable: true,
      checked_at: '2026-01-01T00:00:00Z',
      latency_ms: 12,
      last_error: null,
    },
    {
      integration_id: 'int-2',
      circuit: 'OPEN',
      failures: 5,
      reachable: false,
      checked_at: null,
      latency_ms: null,
      last_error: 'away',
    },
  ];
}

function makeCustomer(n: number, random: Random): Row {
  return {
    id: id('cus', n),
    merchant_id: merchantOf(n),
    reference: orNull(random, `ref-${n}`),
    name: orNull(random, random.pick(TEXTS)),
    email: orNull(random, `c${n}@example.com`),
    phone: null,
    created_at: time(random),
    updated_at: time(random),
  };
}

function merchantOf(n: number): string {
  return n % 3 === 2 ? 'm2' : 'm1';
}

function makeAddress(prefix: string, random: Random): Row {
  const absent = random.chance(0.4);
  const parts = ['name', 'company', 'line1', 'line2', 'city', 'region', 'postal_code', 'country', 'phone'];
  return Object.fromEntries(
    parts.map((part) => [
      `${prefix}_${part}`,
      absent ? null : part === 'line1' ? random.pick(TEXTS) : orNull(random, random.pick(TEXTS)),
    ]),
  );
}

function makeOrder(n: number, random: Random): Row {
  return {
    id: id('ord', n),
    merchant_id: merchantOf(n),
    number: n % 5 === 0 ? `SO|${n}` : `SO-${n}`,
    status: random.pick(Object.values(OrderStatus)),
    currency: 'EUR',
    customer_id: random.chance(0.8) ? id('cus', n % 12) : null,
    subtotal: random.pick(AMOUNTS),
    tax: random.pick(AMOUNTS),
    shipping: '0',
    discount: '0.00',
    grand_total: random.pick(AMOUNTS),
    ...makeAddress('shipping', random),
    ...makeAddress('billing', random),
    delivery_method: orNull(random, random.pick(TEXTS)),
    tracking_numbers: random.chance(0.5) ? [] : [random.pick(TEXTS), 'TR"2'],
    placed_at: time(random),
    created_at: time(random),
    updated_at: time(random),
  };
}

function makeLines(order: Row, random: Random): Row[] {
  return range(random.int(4)).map((n) => ({
    order_id: order['id'],
    line_no: n + 1,
    merchant_id: order['merchant_id'],
    sku: `SKU-${random.int(5)}`,
    name: orNull(random, random.pick(TEXTS)),
    quantity: 1 + random.int(9),
    unit_price: random.pick(AMOUNTS),
    total: random.pick(AMOUNTS),
  }));
}

function makeInvoice(order: Row, n: number, random: Random): Row {
  return {
    id: id('inv', n),
    merchant_id: order['merchant_id'],
    order_id: random.chance(0.8) ? order['id'] : null,
    number: `INV-${n}`,
    status: random.pick(Object.values(InvoiceStatus)),
    currency: 'EUR',
    subtotal: random.pick(AMOUNTS),
    tax: random.pick(AMOUNTS),
    total: random.pick(AMOUNTS),
    paid_amount: random.pick(AMOUNTS),
    issued_at: time(random),
    due_at: orNull(random, time(random)),
    paid_at: orNull(random, time(random)),
    created_at: time(random),
    updated_at: time(random),
  };
}

function makeTransaction(n: number, random: Random): Row {
  return {
    id: id('txn', n),
    merchant_id: merchantOf(n),
    reference: `pi_${n}`,
    type: random.pick(Object.values(TransactionType)),
    status: random.pick(Object.values(TransactionStatus)),
    amount: random.pick(AMOUNTS),
    currency: 'EUR',
    description: orNull(random, random.pick(TEXTS)),
    customer_id: random.chance(0.8) ? id('cus', n % 12) : null,
    order_id: random.chance(0.5) ? id('ord', n) : null,
    occurred_at: time(random),
    created_at: time(random),
    updated_at: time(random),
  };
}

function makeSubscription(n: number, random: Random): Row {
  return {
    id: id('sub', n),
    merchant_id: merchantOf(n),
    reference: `sub-${n}`,
    plan: random.pick(TEXTS),
    status: random.pick(Object.values(BillingSubscriptionStatus)),
    amount: random.pick(AMOUNTS),
    currency: 'EUR',
    billing_interval: random.pick(Object.values(BillingInterval)),
    customer_id: random.chance(0.8) ? id('cus', n % 12) : null,
    started_at: time(random),
    current_period_start: orNull(random, time(random)),
    current_period_end: orNull(random, time(random)),
    cancel_at_period_end: random.chance(0.3),
    cancelled_at: orNull(random, time(random)),
    created_at: time(random),
    updated_at: time(random),
  };
}

function makePayouts(order: Row, n: number): Row[] {
  return ['a', 'b'].map((recipient) => ({
    id: `${id('pay', n)}${recipient}`,
    merchant_id: order['merchant_id'],
    order_id: order['id'],
    recipient,
    share: '0.5',
    amount: '10.005',
    currency: 'EUR',
    created_at: '2026-01-02T00:00:00Z',
  }));
}

function makeProduct(n: number, random: Random): Row {
  return {
    id: id('prd', n),
    merchant_id: merchantOf(n),
    sku: `SKU-${n}`,
    name: random.pick(TEXTS),
    brand: orNull(random, random.pick(['Acme', 'Zenith'])),
    barcode: orNull(random, `869${n}`),
    price: orNull(random, random.pick(AMOUNTS)),
    currency: orNull(random, 'EUR'),
    created_at: time(random),
    updated_at: time(random),
  };
}

function makeLevel(n: number, random: Random): Row {
  const product = n % 15;
  return {
    id: id('lvl', n),
    merchant_id: merchantOf(product),
    integration_id: merchantOf(product) === 'm2' ? 'int-3' : 'b2b-portal',
    product_id: random.chance(0.8) ? id('prd', product) : null,
    sku: `SKU-${product}`,
    location: `L${Math.floor(n / 15)}`,
    on_hand: random.int(100),
    reserved: random.int(10),
    available: random.int(90),
    source: random.pick(['live', 'stale_cache']),
    read_at: time(random),
    updated_at: time(random),
  };
}

function makeLinks(entity: Row, random: Random): Row[] {
  return integrationsOf(entity)
    .filter(() => random.chance(0.7))
    .map((integration) => ({
      merchant_id: entity['merchant_id'],
      integration_id: integration,
      entity_type: entity['$type'],
      entity_id: entity['id'],
      external_id: random.chance(0.6) ? `ext-${entity['id']}` : null,
      external_number: null,
      state: random.pick(Object.values(SyncState)),
      synced_at: orNull(random, time(random)),
      last_error: orNull(random, random.pick(TEXTS)),
    }));
}

function integrationsOf(entity: Row): string[] {
  return entity['merchant_id'] === 'm2' ? ['int-3'] : ['b2b-portal', 'int-2'];
}

function makeLane(n: number): Row {
  return {
    id: n + 1,
    integration_id: 'b2b-portal',
    head: 0,
    tail: n % 3,
    due: n % 3 === 0 ? null : '2026-01-01T00:00:00Z',
    owner: n % 2 === 0 ? 1 : null,
  };
}

function makeEvent(n: number, entity: Row, random: Random): Row {
  return {
    merchant_id: entity['merchant_id'],
    integration_id: random.pick(integrationsOf(entity)),
    entity_type: entity['$type'],
    entity_id: entity['id'],
    external_id: orNull(random, `ext-${n}`),
    operation: random.pick(Object.values(Operation)),
    direction: random.pick(Object.values(Direction)),
    status: random.pick(Object.values(SyncEventStatus)),
    payload: random.pick(DOCUMENTS),
    error_code: orNull(random, random.pick(['UPSTREAM_TIMEOUT', 'UPSTREAM_REJECTED'])),
    error_message: orNull(random, random.pick(TEXTS)),
    attempt_count: random.int(4),
    max_attempts: 4,
    next_attempt_at: orNull(random, time(random)),
    idempotency_key: `key-${n}`,
    created_at: time(random),
    updated_at: time(random),
    processed_at: orNull(random, time(random)),
  };
}

function makeAttempts(event: number, random: Random): Row[] {
  const merchant = 'm1';
  return range(random.int(3)).map((n) => ({
    sync_event_id: event,
    number: n + 1,
    merchant_id: merchant,
    token: 1,
    owner: 1,
    started_at: time(random),
    duration_ms: orNull(random, random.int(900)),
    outcome: random.pick(['DELIVERED', 'RETRY', 'REJECTED']),
    request: random.pick(DOCUMENTS),
    response: random.pick(DOCUMENTS),
    http_status: orNull(random, 503),
    error_code: null,
    error_message: orNull(random, random.pick(TEXTS)),
  }));
}

function makePull(n: number, random: Random): Row {
  return {
    id: id('pul', n),
    merchant_id: n % 4 === 3 ? 'm2' : 'm1',
    integration_id: n % 4 === 3 ? 'int-3' : 'b2b-portal',
    entity_type: random.pick(['PRODUCT', 'INVENTORY', 'ORDER']),
    sync_event_id: 1 + random.int(8),
    since: orNull(random, time(random)),
    state: random.pick(['RUNNING', 'COMPLETE', 'FAILED']),
    rows_read: random.int(1000),
    rows_changed: random.int(10),
    rows_removed: 0,
    problem_count: random.int(3),
    started_at: `2026-01-05T10:00:${String(n).padStart(2, '0')}Z`,
    updated_at: time(random),
    error_message: orNull(random, random.pick(TEXTS)),
  };
}

function makeProblem(n: number, random: Random): Row {
  return {
    merchant_id: n % 4 === 3 ? 'm2' : 'm1',
    pull_id: id('pul', n % 20),
    sync_event_id: 1 + random.int(8),
    line: n,
    column_name: random.pick(['price', 'sku']),
    value: random.pick(TEXTS),
    rule: 'a decimal',
  };
}

function makeWebhook(n: number, order: Row, random: Random): Row {
  return {
    id: id('whe', n),
    merchant_id: order['merchant_id'],
    integration_id: integrationsOf(order)[0],
    event_id: `evt-${n}`,
    event_type: random.pick(['order.status.updated', 'order.created']),
    entity_type: orNull(random, 'ORDER'),
    entity_id: orNull(random, order['id']),
    external_id: orNull(random, `ext-${order['id']}`),
    status: random.pick(Object.values(WebhookStatus)),
    payload: random.pick(DOCUMENTS),
    event: {},
    raw_body: '\\x7b7d',
    headers: { 'content-type': 'application/json' },
    answer: random.pick(DOCUMENTS),
    error_code: null,
    error_message: orNull(random, random.pick(TEXTS)),
    occurred_at: time(random),
    created_at: time(random),
    processed_at: orNull(random, time(random)),
  };
}

function makeAudit(n: number, order: Row, random: Random): Row {
  return {
    merchant_id: orNull(random, order['merchant_id']),
    actor: random.pick(['ops', 'system']),
    action: random.pick(['order.sync', 'login']),
    entity_type: 'ORDER',
    entity_id: orNull(random, order['id']),
    integration_id: orNull(random, 'b2b-portal'),
    outcome: random.pick(['OK', 'REFUSED']),
    details: { n },
    request_id: orNull(random, `req-${n}`),
    at: time(random),
  };
}

function makeAlert(n: number, random: Random): Row {
  return {
    id: id('alt', n),
    merchant_id: orNull(random, merchantOf(n)),
    integration_id: n < 3 ? INTEGRATIONS[n] : null,
    kind: `kind-${n}`,
    severity: 'warning',
    message: random.pick(TEXTS),
    advice: random.pick(TEXTS),
    opened_at: time(random),
    closed_at: orNull(random, time(random)),
  };
}

function makeChange(order: Row, n: number): Row {
  return {
    kind: n % 2 === 0 ? 'order.status_changed' : 'order.created',
    merchant_id: order['merchant_id'],
    entity_type: 'ORDER',
    entity_id: order['id'],
    integration_id: null,
    sync_event_id: null,
    data: { newStatus: 'PAID' },
    at: '2026-01-05T10:00:00Z',
    xid: String(1000 + n),
  };
}
=======
>>>>>>> bedbba0 (Split the rows that reads are compared over)
