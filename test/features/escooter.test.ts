import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { type ErpHub, HASTY, startErpHub } from './erp-hub.js';
import { createInvoice, idOf, syncOrder } from './order-client.js';

let erpHub: ErpHub;
beforeAll(async () => {
  erpHub = await startErpHub();
});
afterEach(() => erpHub.erp.control.clearFaults());
afterAll(() => erpHub?.stop());

/** Asks for a run, as soon as the one before has ended. */
async function runJob(): Promise<void> {
  const run = () =>
    erpHub.hub.admin.ask<{ payload: { userErrors: unknown[] } }>(
      'mutation { payload: runJob(name: "send-queued-orders") { userErrors { message } } }',
    );
  await eventually(run, ({ payload }) => payload.userErrors.length === 0);
}

describe('syncs', () => {
  it('S1 an invoice starts the sync of its order; creating or moving the order does not', async () => {
    const { id, number } = await erpHub.place();
    const before = await erpHub.show(id);

    await idOf(createInvoice(erpHub.hub.admin, { orderId: id, number: `INV-${number}` }));
    const after = await erpHub.synced(id);
    await idOf(createInvoice(erpHub.hub.admin, { orderId: id, number: `INV-${number}-2` }));

    expect(before).toMatchObject({ erpSynced: false, link: undefined, syncs: [] });
    expect(after).toMatchObject({ erpSynced: true, link: { externalId: expect.stringMatching(/^ERP-/) } });
    expect((await erpHub.show(id)).syncs).toHaveLength(1);
    expect(await erpHub.sent(number)).toHaveLength(1);
  });

  it('S4 S5 posts the documented payload with key and signature over the exact bytes', async () => {
    const { id, number } = await erpHub.invoiced({
      customer: { name: 'John van Doe', email: 'customer@example.com' },
      lines: [{ sku: 'PROD-001', name: 'Product Name', quantity: 2, unitPrice: '99.99' }],
      totals: { subtotal: '199.98', tax: '20.00', shipping: '10.00', discount: '0.00', grandTotal: '229.98' },
      billingAddress: { name: 'John Doe', line1: 'Ä 1', city: 'Köln', postalCode: '00123', country: 'DE' },
      placedAt: '2024-01-15T10:00:00Z',
    });
    const { syncs } = await erpHub.synced(id);

    const [request] = await erpHub.sent(number);
    expect(JSON.parse(request?.body ?? '')).toEqual({
      order_increment_id: number,
      order_id: id,
      customer_email: 'customer@example.com',
      customer_firstname: 'John van',
      customer_lastname: 'Doe',
      items: [{ sku: 'PROD-001', name: 'Product Name', qty: 2, price: 99.99, row_total: 199.98 }],
      totals: { subtotal: 199.98, tax: 20, shipping: 10, discount: 0, grand_total: 229.98 },
      billing_address: expect.objectContaining({ firstname: 'John', street: ['Ä 1'], postcode: '00123' }),
      shipping_address: null,
      created_at: '2024-01-15 10:00:00',
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
    expect(request?.body).toContain('"tax":20.00,');
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-api-key': erpHub.keys.apiKey,
      'x-idempotency-key': syncs[0]?.idempotencyKey,
      'x-signature': createHmac('sha256', erpHub.keys.apiSecret)
        .update(request?.body ?? '')
        .digest('base64'),
    });
  });

  it('S3 waits 2^attempts × 60 s before it tries again', async () => {
    await erpHub.erp.control.addFault({ path: '/orders/sync', kind: 'status', status: 503 });
    const { id } = await erpHub.invoiced();

    const { syncs } = await erpHub.shownWhen(id, (shown) => shown.syncs[0]?.status === 'RETRYING');

    const [sync] = syncs;
    const waitMs = Date.parse(sync?.nextAttemptAt ?? '') - Date.parse(sync?.lastAttemptAt ?? '');
    expect(sync).toMatchObject({ attemptCount: 1, maxAttempts: 5 });
    expect(waitMs).toBeGreaterThanOrEqual(120_000);
    expect(waitMs).toBeLessThan(160_000);
  });

  it('S3 S4 tries five times with one key, then has failed for good', async () => {
    await erpHub.erp.control.addFault({ path: '/orders/sync', kind: 'status', status: 500, count: null });
    const { id, number } = await erpHub.invoiced({ merchantId: HASTY });

    const { syncs } = await erpHub.shownWhen(id, (shown) => shown.syncs[0]?.status === 'FAILED');
    const requests = await erpHub.sent(number);
    await erpHub.erp.control.clearFaults();
    await erpHub.hub.admin.ask('mutation { runJob(name: "retry-failed") { userErrors { message } } }');
    await eventually(
      () =>
        erpHub.hub.admin.ask<{ jobs: { name: string; lastOutcome: string | null }[] }>('{ jobs { name lastOutcome } }'),
      ({ jobs }) => jobs.some(({ name, lastOutcome }) => name === 'retry-failed' && lastOutcome === 'OK'),
    );

    expect(syncs[0]).toMatchObject({ attemptCount: 5, nextAttemptAt: null, errorCode: 'UPSTREAM_UNAVAILABLE' });
    expect(requests).toHaveLength(5);
    expect(new Set(requests.map(({ headers }) => headers['x-idempotency-key'])).size).toBe(1);
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1);
    expect((await erpHub.show(id)).syncs[0]?.status).toBe('FAILED');
  });

  it.each([400, 401, 404, 408, 409, 422])('S6 takes %i for final', async (status) => {
    await erpHub.erp.control.addFault({ path: '/orders/sync', kind: 'status', status, message: 'No such SKU' });
    const { id, number } = await erpHub.invoiced();

    const { syncs } = await erpHub.shownWhen(id, (shown) => shown.syncs[0]?.status === 'FAILED');

    expect(syncs[0]).toMatchObject({ attemptCount: 1, errorMessage: expect.stringContaining('No such SKU') });
    expect(await erpHub.sent(number)).toHaveLength(1);
  });

  it.each(['429', '500', 'hang-up'] as const)('S6 tries again after %s', async (kind) => {
    await erpHub.erp.control.addFault({
      path: '/orders/sync',
      ...(kind === 'hang-up' ? { kind } : { kind: 'status', status: Number(kind) }),
    });
    const { id } = await erpHub.invoiced();

    const { syncs } = await erpHub.shownWhen(id, (shown) => shown.syncs[0]?.status === 'RETRYING');

    expect(syncs[0]).toMatchObject({ attemptCount: 1, status: 'RETRYING' });
  });
});

describe('queued syncs', () => {
  it('S1 S2 S12 wait for the job, which takes at most 100 a run', async () => {
    await erpHub.configure({ immediate: false, cron: '0 0 1 1 *' }, erpHub.hastyId);
    const orders = await Promise.all(Array.from({ length: 101 }, () => erpHub.invoiced({ merchantId: HASTY })));
    const first = await erpHub.show(orders[0]?.id ?? '');
    const status = await erpHub.rest('GET', `/sync-status/${orders[0]?.number}`);

    await runJob();
    const left = await eventually(queued, ({ length }) => length <= 1);
    await runJob();
    const none = await eventually(queued, ({ length }) => length === 0);
    await erpHub.synced(left[0]?.entityId ?? '');
    await erpHub.configure({ immediate: true }, erpHub.hastyId);

    expect(first.syncs[0]).toMatchObject({ status: 'PENDING', held: true, attemptCount: 0 });
    expect(first.syncs[0]?.nextAttemptAt).toMatch(/-01-01T00:00:00/);
    expect(status.body).toMatchObject({ status: 'queued', attempts: 0, erp_reference: null });
    expect(left).toMatchObject([{ held: true }]);
    expect(none).toEqual([]);
  });

  it('S2 are sent by the schedule itself, once for each of its runs', async () => {
    await erpHub.configure({ immediate: false, cron: '0 0 1 1 *' });
    const { id } = await erpHub.invoiced();

    await erpHub.configure({ cron: '* * * * * *' });
    await eventually(runScheduled, ({ released }) => released);
    const shown = await erpHub.synced(id);
    await erpHub.configure({ immediate: true });

    expect(shown.erpSynced).toBe(true);
  });

  it('S8 sync-order does not wait for the job', async () => {
    await erpHub.configure({ immediate: false, cron: '0 0 1 1 *' });
    const { id, number } = await erpHub.invoiced();
    await erpHub.shownWhen(id, ({ syncs }) => syncs[0]?.held === true);

    const { body } = await erpHub.rest('POST', '/sync-order', { orderIncrementId: number });
    await erpHub.configure({ immediate: true });

    expect(body).toMatchObject({ success: true, status: 'success', attempts: 1 });
    expect((await erpHub.show(id)).syncs).toHaveLength(1);
  });

  async function queued() {
    const { syncEvents } = await erpHub.hub.admin.ask<{ syncEvents: { nodes: { entityId: string; held: boolean }[] } }>(
      '{ syncEvents(connector: "escooter", filter: { status: [PENDING, IN_PROGRESS] }, first: 100) { nodes { entityId held } } }',
    );
    return syncEvents.nodes;
  }

  /** The job's own minute may be long: its row is made due instead. */
  async function runScheduled(): Promise<{ released: boolean }> {
    await erpHub.hub.db.pool.query(
      `update jobs set paused = false, next_run_at = now() - interval '1 minute' where name = 'send-queued-orders'`,
    );
    const { rows } = await erpHub.hub.db.pool.query(
      `select 1 from lanes where integration_id = 'escooter' and due = 'infinity'`,
    );
    return { released: rows.length === 0 };
  }
});

it('S12 refuses settings that it does not know or that make no sense, and names them', async () => {
  const update = (settings: object) =>
    erpHub.hub.admin.ask<{ payload: { userErrors: { path: string[] }[] } }>(
      'mutation ($input: UpdateIntegrationInput!) { payload: updateIntegration(input: $input) { userErrors { path } } }',
      { input: { id: 'escooter', settings } },
    );

  for (const wrong of [{ cron: 'hourly' }, { maxAttempts: 0 }, { baseDelay: -1 }, { imediate: true }]) {
    const { payload } = await update(wrong);
    expect(payload.userErrors[0]?.path.join('.')).toContain('settings');
  }
});

it('S12 takes part in a manual sync by its id beside other systems', async () => {
  const { id } = await erpHub.place();

  const { userErrors } = await syncOrder(erpHub.hub.admin, { id });
  const before = await erpHub.show(id);
  const chosen = await syncOrder(erpHub.hub.admin, { id, integrationId: 'escooter' });

  expect(userErrors).toEqual([]);
  expect(before.syncs).toEqual([]);
  expect(chosen.id).not.toBeNull();
});
