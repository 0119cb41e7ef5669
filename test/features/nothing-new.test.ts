import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MERCHANT, PORTAL_SECRET, startTestHub, type TestHub } from '../harness/hub.js';
import { putMapping } from './mapping-client.js';
import { createOrder, idOf, orderInput, settled } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

let sent = 0;
/** A signed event of the gateway's scheme, to the portal's integration. */
async function tell(eventType: string, data: object): Promise<void> {
  sent += 1;
  const body = JSON.stringify({ eventType, timestamp: new Date(Date.now() + sent).toISOString(), data });
  const answer = await fetch(`${hub.url}/webhooks/b2b-portal`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-webhook-signature': `sha256=${createHmac('sha256', PORTAL_SECRET).update(body).digest('hex')}`,
      'x-webhook-timestamp': new Date().toISOString(),
      'x-webhook-id': `again-${sent}`,
    },
    body,
  });
  expect(answer.status).toBe(200);
}

/** What the rows say of themselves, and what the feed and the outbox have of them. */
async function traceOf(table: string, where: string, id: string): Promise<unknown> {
  const { rows } = await hub.db.pool.query<{ row: string; changes: number; sent: number }>(
    `select to_jsonb(r) - 'read_at' as row,
      (select count(*)::int from changes c where c.entity_id = r.id and c.kind !~ '^(sync|webhook)_event') as changes,
      (select count(*)::int from sync_events s where s.entity_id = r.id and s.direction = 'OUTBOUND') as sent
     from ${table} r where ${where} = $1`,
    [id],
  );
  expect(rows).toHaveLength(1);
  return rows.map(({ row, ...rest }) => ({ row: JSON.parse(row) as unknown, ...rest }))[0];
}

it('G10 an event that tells what the hub has already, defaults of rules among it, writes nothing', async () => {
  const rules = [
    { source: 'remark', target: 'order.notes', defaultValue: 'none' },
    { source: 'zone', target: 'order.metadata.zone', defaultValue: 'NORTH' },
    { source: 'tax', target: 'order.totals.tax', defaultValue: '0' },
    { source: 'phone', target: 'order.customer.phone', defaultValue: '+49 30 1' },
  ];
  await putMapping(hub.admin, rules, { entityType: 'ORDER', direction: 'INBOUND' });
  const customer = { name: 'Ada', reference: 'ADA' };
  const { id, number } = await order({ customer });
  await tell('order.updated', { orderNumber: number, trackingNumbers: ['T-1'] });
  const before = await traceOf('orders', 'r.id', id);
  const customerBefore = await traceOf('customers', 'r.reference', 'ADA');

  await tell('order.updated', { orderNumber: number, trackingNumbers: ['T-1'] });
  await tell('order.updated', { orderNumber: number, tax: '0.00' });

  expect(before).toMatchObject({ row: { notes: 'none', metadata: { zone: 'NORTH' }, tracking_numbers: ['T-1'] } });
  expect(customerBefore).toMatchObject({ row: { phone: '+49 30 1' } });
  expect(await traceOf('orders', 'r.id', id)).toEqual(before);
  expect(await traceOf('customers', 'r.reference', 'ADA')).toEqual(customerBefore);
});

it('G10 a rule’s default fills what the hub lacks, and undoes nothing that somebody has written', async () => {
  const customerRules = [
    { source: 'customerName', target: 'name', defaultValue: 'Nobody' },
    { source: 'city', target: 'address.city', defaultValue: 'Nowhere' },
  ];
  await putMapping(hub.admin, customerRules, { entityType: 'CUSTOMER', direction: 'INBOUND' });
  const written = { notes: 'Ring twice', metadata: { zone: 'SOUTH' } };
  const { id, number } = await order({ ...written, customer: { name: 'Dora', reference: 'DORA', phone: '7' } });

  await tell('order.updated', { orderNumber: number });
  await tell('customer.updated', { number: 'DORA', email: 'dora@example.com', address: { line1: 'Main 1' } });
  const filled = await traceOf('customers', 'r.reference', 'DORA');
  await tell('order.updated', { orderNumber: number, remark: 'Told', zone: 'WEST' });

  expect(filled).toMatchObject({
    row: { name: 'Dora', phone: '7', email: 'dora@example.com', address_city: 'Nowhere' },
  });
  const { rows } = await hub.db.pool.query<{ fields: string }>(
    `select data ->> 'fields' as fields from changes where entity_id = $1 and kind = 'order.updated' order by id`,
    [id],
  );
  expect(rows.map(({ fields }) => fields)).toEqual(['["notes", "metadata"]']);
  expect(await traceOf('orders', 'r.id', id)).toMatchObject({ row: { notes: 'Told', metadata: { zone: 'WEST' } } });
});

it('G10 a known customer’s new telephone number is a change of the order, too', async () => {
  const { id, number } = await order({ customer: { name: 'Bob', reference: 'BOB' } });
  await tell('order.updated', { orderNumber: number });

  await tell('order.updated', { orderNumber: number, phone: '+49 30 2' });

  const { rows } = await hub.db.pool.query<{ fields: string }>(
    `select data ->> 'fields' as fields from changes where entity_id = $1 and kind = 'order.updated' order by id`,
    [id],
  );
  expect(rows.map(({ fields }) => fields)).toEqual(['["notes", "metadata", "customer"]', '["customer"]']);
});

it('G10 a customer who orders again, and stock that is as it was, stay as they were written', async () => {
  const customer = { name: 'Cleo', reference: 'CLEO', phone: '1' };
  await order({ customer });
  await tell('inventory.updated', { sku: 'MUG', available: 5 });
  const before = await traceOf('customers', 'r.reference', 'CLEO');
  const stock = await traceOf('inventory_levels', 'r.sku', 'MUG');

  await order({ customer });
  await tell('inventory.updated', { sku: 'MUG', available: 5 });

  expect(await traceOf('customers', 'r.reference', 'CLEO')).toEqual(before);
  expect(await traceOf('inventory_levels', 'r.sku', 'MUG')).toEqual(stock);
});

/** An order that the portal has taken. */
async function order(more: object): Promise<{ id: string; number: string }> {
  const number = `N-${Math.random().toString(36).slice(2)}`;
  const id = await idOf(createOrder(hub.admin, orderInput({ merchantId: MERCHANT, number, ...more })));
  await settled(hub.admin, 'order', id, 'SYNCED');
  return { id, number };
}
