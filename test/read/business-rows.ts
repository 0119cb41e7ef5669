import {
  BillingInterval,
  BillingSubscriptionStatus,
  InvoiceStatus,
  OrderStatus,
  TransactionStatus,
  TransactionType,
} from '../../src/model/statuses.js';
import type { Random } from './random.js';
import { AMOUNTS, INTEGRATIONS, id, merchantOf, orNull, type Row, range, TEXTS, time } from './row-values.js';

export function makeIntegrations(): Row[] {
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

export function makeGates(): Row[] {
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

export function makeCustomer(n: number, random: Random): Row {
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

export function makeOrder(n: number, random: Random): Row {
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

export function makeLines(order: Row, random: Random): Row[] {
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

export function makeInvoice(order: Row, n: number, random: Random): Row {
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

export function makeTransaction(n: number, random: Random): Row {
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

export function makeSubscription(n: number, random: Random): Row {
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

export function makePayouts(order: Row, n: number): Row[] {
  return ['a', 'b'].map((recipient) => ({
    id: `${id('pay', n)}${recipient}`,
    merchant_id: order['merchant_id'],
    order_id: order['id'],
    recipient,
    share: '0.5',
    amount: '10.005',
    currency: 'EUR',
    created_at: '2026-01-02T00:00:00Z',
    voided_at: recipient === 'b' ? '2026-01-03T00:00:00Z' : null,
  }));
}

export function makeProduct(n: number, random: Random): Row {
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

export function makeLevel(n: number, random: Random): Row {
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
