import type pg from 'pg';

/** 100,000 orders with three lines and an invoice each, 500,000 sync events, two merchants. */
export async function seedReads(pool: pg.Pool, orders: number): Promise<void> {
  const run = (text: string) => pool.query(text, text.includes('$1') ? [orders] : []);
  await run(`insert into merchants (id, name) values ('m1', 'One'), ('m2', 'Two')`);
  await run(
    `insert into integrations (id, merchant_id, name, connector) values ('b2b-portal', 'm1', 'Portal', 'b2b-portal')`,
  );
  await run(`insert into customers (id, merchant_id, reference, name, email)
    select 'cus_' || n, 'm1', 'ref-' || n, 'Customer ' || n, 'c' || n || '@example.com' from generate_series(1, $1::int / 10) n`);
  await run(`insert into orders (id, merchant_id, number, status, currency, customer_id, subtotal, tax, shipping, discount, grand_total,
      shipping_line1, shipping_city, shipping_country, placed_at)
    select 'ord_' || lpad(n::text, 9, '0'), 'm1', 'SO-' || n,
      (array['PENDING','CONFIRMED','PAID','PROCESSING','SHIPPED','DELIVERED','CANCELLED','ON_HOLD'])[1 + n % 8], 'EUR',
      'cus_' || 1 + n % ($1::int / 10), 100 + n % 900 + 0.99, 19.90, 4.50, 0, 125.39 + n % 900, n || ' High Street', 'London', 'GB',
      '2026-01-01'::timestamptz + n * interval '7 seconds' from generate_series(1, $1::int) n`);
  await run(`insert into order_lines (order_id, line_no, merchant_id, sku, name, quantity, unit_price, total)
    select o.id, l, 'm1', 'SKU-' || l, 'Thing "' || l || '"', l, 19.90, 19.90 * l from orders o, generate_series(1, 3) l`);
  await run(`insert into invoices (id, merchant_id, order_id, number, status, currency, subtotal, tax, total, issued_at)
    select 'inv' || substr(id, 4), 'm1', id, 'INV' || substr(number, 3), 'SENT', 'EUR', subtotal, tax, grand_total, placed_at from orders`);
  await run(`insert into sync_events (merchant_id, integration_id, entity_type, entity_id, operation, direction, status, payload,
      attempt_count, max_attempts, idempotency_key, created_at)
    select 'm1', 'b2b-portal', 'ORDER', 'ord_' || lpad((1 + n % $1::int)::text, 9, '0'),
      (array['CREATE','UPDATE','STATUS_CHANGE'])[1 + n % 3], 'OUTBOUND', (array['SUCCESS','SUCCESS','SUCCESS','FAILED','PENDING'])[1 + n % 5],
      jsonb_build_object('number', 'SO-' || n), 1 + n % 3, 4, 'key-' || n, '2026-01-01'::timestamptz + n * interval '1 second'
    from generate_series(1, $1::int * 5) n`);
  await run('vacuum analyze');
}
