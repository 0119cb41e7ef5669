import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { startWarehouseHub, type WarehouseHub } from '../harness/warehouse-hub.js';
import { createInvoice, createOrder, idOf, moveOrder, mutate, orderInput, settled, show } from './order-client.js';

let hub: WarehouseHub;
beforeAll(async () => {
  hub = await startWarehouseHub({
    env: {
      B2B_PORTAL_MAX_RETRIES: '0',
    },
  });
});
afterEach(() => hub.portal.control.clearFaults());
afterAll(() => hub.stop());

const updateOrder = (input: object) => mutate(hub.admin, 'updateOrder', 'UpdateOrderInput', 'order', input);
const updateInvoice = (input: object) => mutate(hub.admin, 'updateInvoice', 'UpdateInvoiceInput', 'invoice', input);
const newOrder = (more: object = {}) => idOf(createOrder(hub.admin, orderInput(more)));

type Shown = Record<string, unknown> & { links: { externalId: string; state: string; integration: { id: string } }[] };
const read = async (id: string) =>
  (
    await hub.admin.ask<{ order: Shown }>(
      `query ($id: ID!) { order(id: $id) { status notes deliveryMethod customer { name email }
        lines { sku quantity unitPrice total } totals { subtotal tax shipping discount grandTotal }
        shippingAddress { line1 city } links { externalId state integration { id } } } }`,
      { id },
    )
  ).order;

async function portalState(collection: 'orders' | 'invoices', id: string) {
  const state = (await hub.portal.control.state()) as unknown as Record<string, Record<string, unknown>[]>;
  const mine = (state[collection] ?? []).filter((one) => one['erp_order_id'] === id || one['erp_invoice_id'] === id);
  return {
    mine,
    effects: (await hub.portal.control.state()).effects.filter(({ entityId }) => entityId === mine[0]?.['id']),
  };
}
const auditsOf = async (id: string) =>
  (
    await hub.db.pool.query(
      `select details ->> 'changed' as changed from audit_entries where entity_id = $1 and action like '%.update'`,
      [id],
    )
  ).rows;

it('B1 changes the contents of an order here and in the portal, exact to the digit, and audits it', async () => {
  const id = await newOrder({ totals: { shipping: '4.99' } });
  await settled(hub.admin, 'order', id, 'SYNCED');

  await idOf(
    updateOrder({
      id,
      lines: [
        { sku: 'CUP', quantity: 3, unitPrice: '0.1' },
        { sku: 'MUG', quantity: 1, unitPrice: '0.2' },
      ],
      customer: { name: 'Ada', email: 'ada@example.com' },
      shippingAddress: { line1: 'Main St 1', city: 'Bern' },
      notes: 'Ring twice',
    }),
  );
  await settled(hub.admin, 'order', id, 'SYNCED');
  const { mine, effects } = await portalState('orders', id);
  const again = await idOf(updateOrder({ id, notes: 'Ring twice' }));
  const { syncEvents } = await show(hub.admin, 'order', id);

  expect(await read(id)).toMatchObject({
    notes: 'Ring twice',
    customer: { name: 'Ada', email: 'ada@example.com' },
    lines: [
      { sku: 'CUP', total: '0.3' },
      { sku: 'MUG', total: '0.2' },
    ],
    totals: { subtotal: '0.5', shipping: '4.99', grandTotal: '5.49' },
    shippingAddress: { line1: 'Main St 1', city: 'Bern' },
  });
  expect(mine).toMatchObject([{ total_amount: 5.49, items: [{ sku: 'CUP', quantity: 3 }, { sku: 'MUG' }] }]);
  expect(effects.map(({ method }) => method)).toEqual(['POST', 'PUT']);
  expect(again).toBe(id);
  expect(syncEvents.nodes.map(({ operation }) => operation)).toEqual(['UPDATE', 'CREATE']);
  expect(await auditsOf(id)).toEqual([{ changed: expect.stringContaining('lines') }]);
});

it('B1 a creation that waits is sent once, with the newest contents; so is one that the portal has refused', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 422, method: 'POST', path: '/orders', count: 1 });
  const refused = await newOrder();
  await settled(hub.admin, 'order', refused, 'FAILED');
  const calm = { id: 'b2b-portal', settings: { concurrency: 1 } };
  await idOf(mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', calm));
  await hub.portal.control.addFault({ kind: 'latency', ms: 60_000, path: '/orders', count: null });
  await newOrder();
  const waiting = await newOrder();
  const lines = [{ sku: 'NEW', quantity: 7, unitPrice: '1.25' }];

  await idOf(updateOrder({ id: waiting, lines }));
  await idOf(updateOrder({ id: waiting, notes: 'And again' }));
  await hub.portal.control.clearFaults();
  await settled(hub.admin, 'order', waiting, 'SYNCED');
  await idOf(updateOrder({ id: refused, lines }));
  await settled(hub.admin, 'order', refused, 'SYNCED');

  for (const id of [waiting, refused]) {
    const { mine, effects } = await portalState('orders', id);
    expect(mine).toMatchObject([{ total_amount: 8.75, items: [{ sku: 'NEW', quantity: 7 }] }]);
    expect(effects.filter(({ method }) => method === 'POST')).toHaveLength(1);
  }
});

it('B1 refuses to change what has ended, and what is no amount; other merchants have nothing to change', async () => {
  const id = await newOrder();
  const stranger = await hub.as({ role: 'operator', merchantId: 'other' });
  const viewer = await hub.as({ role: 'viewer' });
  const input = { id, notes: 'x' };

  const foreign = await mutate(stranger, 'updateOrder', 'UpdateOrderInput', 'order', input);
  const looking = await mutate(viewer, 'updateOrder', 'UpdateOrderInput', 'order', input);
  const wrong = await updateOrder({ id, lines: [{ sku: 'A', quantity: 0, unitPrice: '1' }] });
  const none = await updateOrder({ id, lines: [] });
  const above = await updateOrder({ id, totals: { grandTotal: '99999' } });
  await idOf(moveOrder(hub.admin, { id, status: 'CANCELLED' }));
  const ended = await updateOrder(input);

  const codes = [foreign, looking, wrong, none, above, ended].map(({ userErrors }) => userErrors[0]?.code);
  expect(codes).toEqual([
    'NOT_FOUND',
    'FORBIDDEN',
    'BAD_USER_INPUT',
    'BAD_USER_INPUT',
    'BAD_USER_INPUT',
    'INVALID_STATE',
  ]);
  expect(wrong.userErrors[0]?.path).toEqual(['input', 'lines', '0', 'quantity']);
  expect(ended.userErrors[0]?.message).toContain('CANCELLED');
});

it('E8 E15 PATCH changes an order in the warehouse until it is shipped, and its lines until it is paid out', async () => {
  const id = await newOrder({ status: 'PAID' });
  const exported = await eventually(
    () => read(id),
    ({ status, links }) => status === 'EXPORTED' && links.every(({ state }) => state === 'SYNCED'),
  );
  const externalId = exported.links.find(({ integration }) => integration.id === 'extensiv')?.externalId ?? '';
  await eventually(
    () => hub.db.pool.query('select 1 from payouts where order_id = $1', [id]),
    ({ rows }) => rows.length > 0,
  );
  const patch = async (body: object) => {
    const { status, body: answer } = await hub.admin.rest('PATCH', `/api/v1/orders/${id}`, body);
    return { status, ...(answer as { data?: Record<string, unknown>; code?: string }) };
  };

  const changed = await patch({ shippingAddress: { line1: 'Side St 2', country: 'US' }, notes: 'Fragile' });
  const lines = await patch({ lines: [{ sku: 'A', quantity: 1, unitPrice: '1' }] });
  const wrong = await patch({ lines: 7 });
  const order = await eventually(
    async () => (await hub.warehouse.control.state()).orders?.find((one) => one['id'] === externalId),
    (one) => (one?.['shipping_address'] as { street1?: string } | null)?.street1 === 'Side St 2',
  );
  await idOf(moveOrder(hub.admin, { id, status: 'SHIPPED' }));
  const late = await patch({ notes: 'Too late' });

  expect(changed).toMatchObject({ status: 200, data: { id, notes: 'Fragile' } });
  expect(order).toMatchObject({ id: externalId });
  expect([lines, wrong, late].map(({ status, code }) => [status, code])).toEqual([
    [409, 'INVALID_STATE'],
    [400, 'BAD_USER_INPUT'],
    [409, 'INVALID_STATE'],
  ]);
  expect(await read(id)).toMatchObject({ notes: 'Fragile' });
});

it('B2 changes an invoice here and in the portal, until it is paid', async () => {
  const orderId = await newOrder();
  const id = await idOf(createInvoice(hub.admin, { orderId, number: `U-${orderId}` }));
  await settled(hub.admin, 'invoice', id, 'SYNCED');

  await idOf(updateInvoice({ id, subtotal: '100.10', tax: '7.7', dueAt: '2030-01-31T00:00:00Z', notes: 'Net 30' }));
  await settled(hub.admin, 'invoice', id, 'SYNCED');
  const { mine } = await portalState('invoices', id);
  const move = { id, status: 'PARTIALLY_PAID', paidAmount: '60.00' };
  await idOf(mutate(hub.admin, 'updateInvoiceStatus', 'UpdateInvoiceStatusInput', 'invoice', move));
  const below = await updateInvoice({ id, total: '59.99' });
  await idOf(mutate(hub.admin, 'updateInvoiceStatus', 'UpdateInvoiceStatusInput', 'invoice', { id, status: 'PAID' }));
  const paid = await updateInvoice({ id, notes: 'x' });
  const { invoice } = await hub.admin.ask<{ invoice: object }>(
    'query ($id: ID!) { invoice(id: $id) { subtotal tax total dueAt notes } }',
    { id },
  );

  expect(invoice).toEqual({
    ...{ subtotal: '100.10', tax: '7.7', total: '107.80' },
    ...{ dueAt: '2030-01-31T00:00:00Z', notes: 'Net 30' },
  });
  expect(mine).toMatchObject([{ total_amount: 107.8, tax_amount: 7.7 }]);
  expect(below.userErrors).toMatchObject([{ code: 'BAD_USER_INPUT', path: ['input', 'total'] }]);
  expect(paid.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
});
