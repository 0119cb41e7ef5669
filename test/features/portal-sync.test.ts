import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import { createInvoice, createOrder, idOf, orderInput, settled } from './order-client.js';

const PATH = '/api/v1/b2b/sync';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ env: { B2B_PORTAL_MAX_RETRIES: '0' } });
});
afterEach(() => hub.portal.control.clearFaults());
afterAll(() => hub.stop());

interface Body {
  success: boolean;
  data: Record<string, unknown> & Record<string, unknown>[];
  code?: string;
  field?: string;
}

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> {
  const answer = await hub.admin.rest(method, PATH + path, body);
  return { status: answer.status, body: answer.body as Body };
}

async function syncedOrder(): Promise<string> {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  await settled(hub.admin, 'order', id, 'SYNCED');
  return id;
}

it('B13 H4 answers the sync state of one order with its events', async () => {
  const id = await syncedOrder();
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');

  const { status, body } = await call('GET', `/orders/${id}`);

  expect(status).toBe(200);
  expect(body).toMatchObject({
    success: true,
    data: {
      erpOrderId: id,
      b2bOrderId: links[0]?.externalId,
      syncStatus: 'synced',
      syncedAt: links[0]?.syncedAt,
      lastError: null,
      syncEvents: [
        {
          entityType: 'order',
          entityId: id,
          b2bEntityId: links[0]?.externalId,
          eventType: 'create',
          direction: 'outbound',
          status: 'success',
          retryCount: 0,
        },
      ],
    },
  });
});

it('B13 pages the events of one order', async () => {
  const id = await syncedOrder();
  await call('POST', `/orders/${id}/sync`, { force: true });
  await settled(hub.admin, 'order', id, 'SYNCED');

  const first = (await call('GET', `/orders/${id}?limit=1`)).body.data;
  const second = (await call('GET', `/orders/${id}?limit=1&after=${first['nextCursor']}`)).body.data;
  const wrong = await call('GET', `/orders/${id}?limit=0`);

  expect(first).toMatchObject({
    erpOrderId: id,
    nextCursor: expect.any(String),
    syncEvents: [{ eventType: 'update' }],
  });
  expect(second).toMatchObject({ erpOrderId: id, nextCursor: null, syncEvents: [{ eventType: 'create' }] });
  expect(wrong).toMatchObject({ status: 400, body: { field: 'limit' } });
});

it('B9 B13 a webhook that is applied moves the time of the last sync', async () => {
  const id = await syncedOrder();
  const sent = (await call('GET', `/orders/${id}`)).body.data;

  await hub.portal.control.advance({ id: String(sent['b2bOrderId']), status: 'CONFIRMED' });
  const told = await eventually(
    async () => (await call('GET', `/orders/${id}`)).body.data,
    ({ syncedAt }) => syncedAt !== sent['syncedAt'],
  );

  expect(Date.parse(String(told['syncedAt']))).toBeGreaterThan(Date.parse(String(sent['syncedAt'])));
  expect(told).toMatchObject({ syncStatus: 'synced', b2bOrderId: sent['b2bOrderId'] });
});

it('B13 answers the sync state of one invoice, with the error of a failed sync', async () => {
  const orderId = await syncedOrder();
  await hub.portal.control.addFault({ kind: 'status', status: 422, path: '/invoices', count: 1 });
  const id = await idOf(createInvoice(hub.admin, { orderId, number: `INV-${orderId}` }));
  await settled(hub.admin, 'invoice', id, 'FAILED');

  const { body } = await call('GET', `/invoices/${id}`);

  expect(body.data).toMatchObject({ erpInvoiceId: id, b2bInvoiceId: null, syncStatus: 'failed', syncedAt: null });
  expect(body.data['lastError']).toEqual(expect.any(String));
  expect(body.data['syncEvents']).toMatchObject([{ status: 'failed', errorMessage: expect.any(String) }]);
});

it('B14 lists what waits, by type and up to a limit', async () => {
  await hub.portal.control.addFault({ kind: 'latency', ms: 20_000, path: '/orders', count: null });
  const ids = [await idOf(createOrder(hub.admin, orderInput())), await idOf(createOrder(hub.admin, orderInput()))];

  const all = await call('GET', '/pending');
  const one = await call('GET', '/pending?entityType=order&limit=1');
  const none = await call('GET', '/pending?entityType=INVOICE');
  await hub.portal.control.clearFaults();

  expect(all.body.data.map((event) => event['entityId']).sort()).toEqual([...ids].sort());
  expect(one.body.data).toMatchObject([{ entityType: 'order', status: 'pending' }]);
  expect(none.body.data).toEqual([]);
  for (const wrong of ['limit=0', 'limit=x', 'limit=101', 'entityType=nothing']) {
    const { status, body } = await call('GET', `/pending?${wrong}`);
    expect({ status, ...body }).toMatchObject({ status: 400, success: false, field: wrong.split('=')[0] });
  }
});

it('B15 counts the last 30 days by entity and status', async () => {
  const before = (await call('GET', '/statistics')).body.data['orders'] as unknown as {
    success: number;
    total: number;
  };
  await syncedOrder();

  const after = await eventually(
    async () => (await call('GET', '/statistics')).body.data,
    ({ orders }) => (orders as { success: number }).success > before.success,
  );

  expect(after).toMatchObject({
    orders: { pending: expect.any(Number), failed: expect.any(Number), retrying: expect.any(Number) },
    invoices: { pending: 0, success: expect.any(Number), total: expect.any(Number) },
  });
});

it('B16 syncs an order and an invoice by hand', async () => {
  const id = await syncedOrder();
  const invoice = await idOf(createInvoice(hub.admin, { orderId: id, number: `INV-${id}` }));
  await settled(hub.admin, 'invoice', invoice, 'SYNCED');

  const same = await call('POST', `/orders/${id}/sync`, { force: false });
  const bare = await call('POST', `/orders/${id}/sync`);
  const forced = await call('POST', `/orders/${id}/sync`, { force: true });
  const billed = await call('POST', `/invoices/${invoice}/sync`, { force: true });

  expect(same.body.data).toMatchObject({ erpOrderId: id, syncEvent: { eventType: 'create', status: 'success' } });
  expect(bare.body.data).toEqual(same.body.data);
  expect(forced.body.data).toMatchObject({ syncEvent: { eventType: 'update', entityId: id } });
  expect(billed.body.data).toMatchObject({ erpInvoiceId: invoice, syncEvent: { eventType: 'update' } });
  await settled(hub.admin, 'order', id, 'SYNCED');
});

it('answers in the error envelope: unknown ids, wrong bodies, no integration', async () => {
  const id = await syncedOrder();
  const stranger = await hub.as({ role: 'admin', merchantId: 'another' });

  expect(await call('GET', '/orders/nothing')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  expect(await call('POST', '/invoices/%00/sync', {})).toMatchObject({ status: 400 });
  expect(await call('POST', `/orders/${id}/sync`, { force: 'yes' })).toMatchObject({
    status: 400,
    body: { success: false, code: 'BAD_USER_INPUT', field: 'force' },
  });
  expect(await call('POST', `/orders/${id}/sync`, { integrationId: 'nothing' })).toMatchObject({
    status: 404,
    body: { field: 'integrationId' },
  });
  expect((await stranger.rest('GET', `${PATH}/orders/${id}`)).status).toBe(404);
});

it('B13 is for admins only', async () => {
  const operator = await hub.as({ role: 'operator', merchantId: MERCHANT });
  const nobody = await hub.as(null);
  const routes = [
    ['GET', '/orders/x'],
    ['GET', '/invoices/x'],
    ['GET', '/pending'],
    ['GET', '/statistics'],
    ['POST', '/orders/x/sync'],
    ['POST', '/invoices/x/sync'],
  ] as const;

  for (const [method, path] of routes) {
    expect((await operator.rest(method, PATH + path)).status).toBe(403);
    expect((await nobody.rest(method, PATH + path)).status).toBe(401);
  }
});
