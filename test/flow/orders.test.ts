import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createIntegration } from '../../src/flow/integrations/create-integration.js';
import { createInvoice } from '../../src/flow/invoices/create-invoice.js';
import { updateInvoiceStatus } from '../../src/flow/invoices/update-invoice-status.js';
import { type CreateOrder, createOrder } from '../../src/flow/orders/create-order.js';
import { syncOrder } from '../../src/flow/orders/sync-order.js';
import { updateOrderStatus } from '../../src/flow/orders/update-order-status.js';
import { ADMIN, as, portalIntegration, startServices, type TestServices } from './harness.js';

let hub: TestServices;
let portal: string;
beforeAll(async () => {
  hub = await startServices();
  portal = await createIntegration(hub, ADMIN, portalIntegration('acme'));
});
afterAll(() => hub.close());

let made = 0;
const newOrder = (more: Partial<CreateOrder> = {}): CreateOrder => ({
  number: `PO-${++made}`,
  merchantId: 'acme',
  currency: 'EUR',
  lines: [{ sku: 'A-1', quantity: 2, unitPrice: '99.99' }],
  ...more,
});

const one = async (text: string, ...values: unknown[]) => (await hub.db.pool.query(text, values)).rows[0];
const count = async (text: string, ...values: unknown[]) => (await hub.db.pool.query(text, values)).rowCount;

it('B1 writes order, lines, sync event, change and audit entry in one transaction', async () => {
  const id = await createOrder(hub, ADMIN, newOrder());

  expect(await one('select subtotal, tax, grand_total, status from orders where id = $1', id)).toEqual({
    subtotal: '199.98',
    tax: '0.00',
    grand_total: '199.98',
    status: 'PENDING',
  });
  const event = await one('select * from sync_events where entity_id = $1', id);
  expect(event).toMatchObject({ integration_id: portal, operation: 'CREATE', direction: 'OUTBOUND', max_attempts: 4 });
  expect(JSON.parse(event.payload)).toMatchObject({ id, lines: [{ sku: 'A-1', unitPrice: '99.99', total: '199.98' }] });
  expect(await one(`select kind from changes where entity_id = $1 and kind like 'order%'`, id)).toEqual({
    kind: 'order.created',
  });
  expect(await one('select actor, action, outcome, request_id from audit_entries where entity_id = $1', id)).toEqual({
    actor: 'ada',
    action: 'order.create',
    outcome: 'OK',
    request_id: 'req-1',
  });
});

it('keeps amounts beyond 2^53, four decimals, emoji and right-to-left text exactly', async () => {
  const id = await createOrder(
    hub,
    ADMIN,
    newOrder({
      number: 'PO-👩🏽‍🚀-شحنة',
      customer: { name: 'مرحبا 👋', email: 'a@example.com' },
      lines: [{ sku: 'B', quantity: 3, unitPrice: '9007199254740993.1234', total: '27021597764222979.3700' }],
    }),
  );

  expect(await one('select number, grand_total from orders where id = $1', id)).toEqual({
    number: 'PO-👩🏽‍🚀-شحنة',
    grand_total: '27021597764222979.3700',
  });
  const { payload } = await one('select payload from sync_events where entity_id = $1', id);
  expect(JSON.parse(payload)).toMatchObject({ customer: { name: 'مرحبا 👋' }, totals: { tax: '0.0000' } });
});

it('refuses bad input with the path of the field', async () => {
  const refused: [Partial<CreateOrder>, string[]][] = [
    [{ currency: 'EURO' }, ['currency']],
    [{ lines: [] }, ['lines']],
    [{ lines: [{ sku: 'A', quantity: 0, unitPrice: '1' }] }, ['lines', '0', 'quantity']],
    [{ lines: [{ sku: 'A', quantity: 1, unitPrice: '-1' }] }, ['lines', '0', 'unitPrice']],
    [{ placedAt: '0001-01-01T00:00:00Z' }, ['placedAt']],
    [{ number: 'a\0b' }, ['number']],
    [{ number: 'x'.repeat(300) }, ['number']],
    [{ totals: { grandTotal: '500' } }, ['totals', 'grandTotal']],
    [{ totals: { discount: '500' } }, ['totals', 'discount']],
  ];

  for (const [wrong, path] of refused) {
    await expect(async () => createOrder(hub, ADMIN, newOrder(wrong))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      inputPath: path,
    });
  }
});

it('refuses a number that the merchant has', async () => {
  const order = newOrder();
  await createOrder(hub, ADMIN, order);

  await expect(createOrder(hub, ADMIN, order)).rejects.toMatchObject({ code: 'ALREADY_EXISTS', inputPath: ['number'] });
});

it('B21 does one effect for one idempotency key, whoever comes first', async () => {
  const order = newOrder({ idempotencyKey: 'once-1' });

  const ids = await Promise.all(Array.from({ length: 8 }, () => createOrder(hub, ADMIN, order)));

  expect(new Set(ids).size).toBe(1);
  expect(await count('select 1 from sync_events where entity_id = $1', ids[0])).toBe(1);
  await expect(createOrder(hub, ADMIN, { ...order, currency: 'USD' })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
});

it('finds one customer for one reference, or for one address, at the same time', async () => {
  const customers = [{ reference: 'c-1', name: 'Ayşe' }, { email: 'B@example.com' }, { email: 'b@example.com' }];

  await Promise.all(customers.flatMap((customer) => [1, 2].map(() => createOrder(hub, ADMIN, newOrder({ customer })))));

  expect(await count(`select 1 from customers where reference = 'c-1'`)).toBe(1);
  expect(await count(`select 1 from customers where lower(email) = 'b@example.com'`)).toBe(1);
});

it('limits a caller to its merchant: another merchant is not found', async () => {
  const id = await createOrder(hub, ADMIN, newOrder());
  const stranger = as('operator', 'other');

  await expect(createOrder(hub, stranger, newOrder())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(updateOrderStatus(hub, stranger, { id, status: 'CONFIRMED' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(syncOrder(hub, stranger, { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(createInvoice(hub, stranger, { orderId: id, number: 'I' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('moves an order by the table only, and does nothing for the status it has', async () => {
  const id = await createOrder(hub, ADMIN, newOrder());

  await updateOrderStatus(hub, ADMIN, { id, status: 'SHIPPED', trackingNumbers: ['T1', 'T1'] });
  await updateOrderStatus(hub, ADMIN, { id, status: 'SHIPPED', trackingNumbers: ['T1'] });
  await updateOrderStatus(hub, ADMIN, { id, status: 'SHIPPED', trackingNumbers: ['T2'] });

  await expect(updateOrderStatus(hub, ADMIN, { id, status: 'PENDING' })).rejects.toMatchObject({
    code: 'INVALID_TRANSITION',
    inputPath: ['status'],
  });
  expect(await one('select status, tracking_numbers from orders where id = $1', id)).toEqual({
    status: 'SHIPPED',
    tracking_numbers: ['T1', 'T2'],
  });
  const { rows } = await hub.db.pool.query('select operation from sync_events where entity_id = $1 order by id', [id]);
  expect(rows.map((row) => row.operation)).toEqual(['CREATE', 'STATUS_CHANGE', 'UPDATE']);
});

it('B2 invoices an order over its totals and books payments exactly', async () => {
  const orderId = await createOrder(hub, ADMIN, newOrder({ totals: { tax: '38.00', shipping: '5.00' } }));
  const id = await createInvoice(hub, ADMIN, { orderId, number: `INV-${orderId}` });

  await updateInvoiceStatus(hub, ADMIN, { id, status: 'PARTIALLY_PAID', paidAmount: '0.0001' });
  await updateInvoiceStatus(hub, ADMIN, { id, status: 'PAID' });

  expect(await one('select total, tax, paid_amount, status from invoices where id = $1', id)).toEqual({
    total: '242.98',
    tax: '38.00',
    paid_amount: '242.98',
    status: 'PAID',
  });
  await expect(updateInvoiceStatus(hub, ADMIN, { id, status: 'DRAFT' })).rejects.toMatchObject({
    code: 'INVALID_TRANSITION',
  });
});

it('B16 answers a sync with the event that says the same already, and makes a new one by force or by key', async () => {
  const id = await createOrder(hub, ADMIN, newOrder());
  const first = (await one('select id from sync_events where entity_id = $1', id)).id;

  const same = await syncOrder(hub, ADMIN, { id });
  const forced = await syncOrder(hub, ADMIN, { id, force: true });
  const keyed = await syncOrder(hub, ADMIN, { id, idempotencyKey: 'sync-1' });
  const again = await syncOrder(hub, ADMIN, { id, idempotencyKey: 'sync-1' });

  expect(same).toBe(first);
  expect(forced).not.toBe(first);
  expect(again).toBe(keyed);
  expect((await one('select idempotency_key from sync_events where id = $1', keyed)).idempotency_key).toBe('sync-1');
});
