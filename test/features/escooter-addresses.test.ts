import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { MERCHANT } from '../harness/hub.js';
import { type ErpHub, PATH, startErpHub } from './erp-hub.js';
import { createOrder, cursorNow, idOf, orderInput } from './order-client.js';

const P = 'Escooter_ErpConnector::';

let erpHub: ErpHub;
beforeAll(async () => {
  erpHub = await startErpHub();
});
afterEach(() => erpHub.erp.control.clearFaults());
afterAll(() => erpHub?.stop());

describe('addresses', () => {
  it('S8 S10 sync-order answers what came of it, sync-status the record', async () => {
    const { id, number } = await erpHub.place();

    const { status, body } = await erpHub.rest('POST', '/sync-order', { orderIncrementId: number });
    const again = await erpHub.rest('POST', '/sync-order', { orderIncrementId: number });
    const record = await erpHub.rest('GET', `/sync-status/${number}`);

    const { link } = await erpHub.show(id);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        success: true,
        sync_id: expect.any(Number),
        order_increment_id: number,
        status: 'success',
        message: 'Order synced successfully',
        erp_reference: link?.externalId,
        attempts: 1,
        last_error: null,
      },
    });
    expect(again.body).toEqual(body);
    expect(record.body).toEqual({
      sync_id: body['sync_id'],
      order_id: id,
      order_increment_id: number,
      status: 'success',
      attempts: 1,
      max_attempts: 5,
      last_attempt_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      next_attempt_at: null,
      erp_reference: link?.externalId,
      last_error: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
  });

  it('S10 keeps the rest of the record in the schema: key, payload, answer, secrets masked', async () => {
    const { id, number } = await erpHub.invoiced();

    const { syncs } = await erpHub.synced(id);

    expect(syncs[0]).toMatchObject({ payload: { number }, idempotencyKey: expect.any(String) });
    expect(syncs[0]?.attempts[0]?.response.body).toContain('erp_reference');
    expect(JSON.stringify(syncs)).not.toContain(erpHub.keys.apiKey);
    expect(JSON.stringify(syncs)).not.toContain(erpHub.keys.apiSecret);
  });

  it('S8 resync-order sends again what is in step, and what has failed', async () => {
    await erpHub.erp.control.addFault({ path: '/orders/sync', kind: 'status', status: 422, message: 'No such SKU' });
    const { id, number } = await erpHub.place();
    const failed = await erpHub.rest('POST', '/sync-order', { orderIncrementId: number });

    const mended = await erpHub.rest('POST', '/resync-order', { orderIncrementId: number });
    const again = await erpHub.rest('POST', '/resync-order', { orderIncrementId: number });

    expect(failed.body).toMatchObject({ success: false, status: 'failed', attempts: 1, erp_reference: null });
    expect(failed.body['last_error']).toContain('No such SKU');
    expect(mended.body).toMatchObject({ success: true, status: 'success', last_error: null });
    expect(again.body).toMatchObject({ success: true, erp_reference: mended.body['erp_reference'] });
    expect(again.body['sync_id']).not.toBe(mended.body['sync_id']);
    expect(await erpHub.sent(number)).toHaveLength(3);
    expect((await erpHub.show(id)).erpSynced).toBe(true);
  });

  it('S8 answers errors in the envelope', async () => {
    const { number } = await erpHub.place();

    expect(await erpHub.rest('POST', '/sync-order', { orderIncrementId: 'nothing' })).toMatchObject({
      status: 404,
      body: { success: false, code: 'NOT_FOUND', field: 'orderIncrementId' },
    });
    expect(await erpHub.rest('POST', '/sync-order', {})).toMatchObject({
      status: 400,
      body: { field: 'orderIncrementId' },
    });
    expect(await erpHub.rest('GET', `/sync-status/${number}`)).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
    expect(await (await erpHub.hub.as(null)).rest('POST', `${PATH}/sync-order`, {})).toMatchObject({ status: 401 });
  });

  it('S9 takes the order of a hub whose ERP is this very address, and answers as the ERP does', async () => {
    const { body, status } = await erpHub.rest('POST', '/orders/sync', {
      ...{ order_increment_id: '000000123', order_id: 123, customer_email: 'customer@example.com' },
      items: [{ sku: 'PROD-001', name: 'Product Name', qty: 2, price: 99.99, row_total: 199.98 }],
    });
    const wrong = await erpHub.rest('POST', '/orders/sync', { items: [] });

    expect([status, body]).toEqual([200, { erp_reference: 'ERP-000000123', status: 'accepted' }]);
    expect([wrong.status, wrong.body['field']]).toEqual([400, 'order_increment_id']);
  });

  it('S13 lets the role decide, or the permissions that the token names', async () => {
    const { id, number } = await erpHub.invoiced();
    await erpHub.synced(id);
    const statusOf = async (claims: object, method: string, path: string) => {
      const client = await erpHub.hub.as({ merchantId: MERCHANT, ...claims });
      const body = method === 'GET' ? undefined : { orderIncrementId: number };
      return (await client.rest(method, PATH + path, body)).status;
    };
    const all = async (claims: object) => [
      await statusOf(claims, 'GET', `/sync-status/${number}`),
      await statusOf(claims, 'POST', '/sync-order'),
      await statusOf(claims, 'POST', '/resync-order'),
    ];

    expect(await all({ role: 'viewer' })).toEqual([200, 403, 403]);
    expect(await all({ role: 'operator' })).toEqual([200, 200, 200]);
    expect(await all({ role: 'operator', permissions: [`${P}view_status`] })).toEqual([200, 403, 403]);
    expect(await all({ role: 'operator', permissions: [`${P}sync`] })).toEqual([403, 200, 403]);
    expect(await all({ role: 'viewer', permissions: [`${P}resync`] })).toEqual([403, 403, 200]);
    expect(await all({ role: 'viewer', permissions: ['something.else'] })).toEqual([200, 403, 403]);
  });

  it('S13 config and manage hold in the schema too', async () => {
    const { id } = await erpHub.invoiced();
    const { syncs } = await erpHub.synced(id);
    const refusals = async (permissions: string[]) => {
      const client = await erpHub.hub.as({ role: 'admin', permissions });
      const { update, retry } = await client.ask<Record<'update' | 'retry', { userErrors: { code: string }[] }>>(
        `mutation ($id: ID!) { update: updateIntegration(input: { id: "escooter", settings: { debug: false } }) { userErrors { code } }
          retry: retrySyncEvent(id: $id) { userErrors { code } } }`,
        { id: syncs[0]?.id },
      );
      return [update, retry].map(({ userErrors }) => userErrors[0]?.code ?? null);
    };

    expect(await refusals([`${P}config`])).toEqual([null, 'FORBIDDEN']);
    expect(await refusals([`${P}manage`])).toEqual(['FORBIDDEN', 'INVALID_STATE']);
    expect(await refusals([])).toEqual([null, 'INVALID_STATE']);
  });
});

describe('callbacks', () => {
  it('S7 links the reference that the ERP gives, and refuses wrong signatures', async () => {
    const { id, number } = await erpHub.place();
    const event = { orderIncrementId: number, erpReference: `ERP-${number}`, status: 'accepted' };

    const accepted = await erpHub.callback(event);
    const repeated = await erpHub.callback(event);
    const reserialised = await erpHub.callback(JSON.stringify(event, null, 1), {
      'x-signature': createHmac('sha256', erpHub.keys.apiSecret).update(JSON.stringify(event)).digest('base64'),
    });
    const unsigned = await erpHub.callback(event, {});

    expect(accepted).toEqual({
      status: 200,
      body: {
        success: true,
        message: 'Order status updated successfully',
        order_id: id,
        erp_reference: `ERP-${number}`,
        order_status: 'PENDING',
      },
    });
    expect(repeated).toEqual(accepted);
    expect([reserialised.status, unsigned.status]).toEqual([401, 401]);
    expect((await erpHub.show(id)).link?.externalId).toBe(`ERP-${number}`);
  });

  it('S7 moves the order, takes tracking numbers, and ignores what is late', async () => {
    const { id } = await erpHub.invoiced();
    const { link } = await erpHub.synced(id);
    const event = { erpReference: link?.externalId };

    const shipped = await erpHub.callback({
      ...event,
      status: 'shipped',
      trackingNumbers: ['TRK-1'],
      timestamp: '2026-03-02T10:00:00Z',
    });
    const late = await erpHub.callback({ ...event, status: 'processing', timestamp: '2026-03-01T10:00:00Z' });

    expect([shipped.status, late.status]).toEqual([200, 200]);
    expect(await erpHub.show(id)).toMatchObject({ status: 'SHIPPED', trackingNumbers: ['TRK-1'] });
  });

  it('S7 never moves an order back, also where the callback tells no time', async () => {
    const { id, number } = await erpHub.invoiced();
    await erpHub.synced(id);
    const tell = async (status: string) => (await erpHub.callback({ orderIncrementId: number, status })).body;

    const steps = [await tell('delivered'), await tell('shipped'), await tell('returned'), await tell('packed')];

    expect(steps.map((body) => body['order_status'])).toEqual(['DELIVERED', 'DELIVERED', 'RETURNED', 'RETURNED']);
    expect(await erpHub.show(id)).toMatchObject({ status: 'RETURNED' });
  });

  it('S7 finds the order by its increment id, also under another reference than it was given', async () => {
    const { id, number } = await erpHub.invoiced();
    const { link } = await erpHub.synced(id);

    const answer = await erpHub.callback({ orderIncrementId: number, erpReference: 'ERP-OTHER', status: 'shipped' });

    expect(answer).toMatchObject({ status: 200, body: { order_id: id, order_status: 'SHIPPED' } });
    expect((await erpHub.show(id)).link?.externalId).toBe(link?.externalId);
  });

  it('S7 keeps what is about an order that the hub does not know yet', async () => {
    const { number } = orderInput();

    const early = await erpHub.callback({
      orderIncrementId: number,
      erpReference: `ERP-${number}`,
      status: 'processing',
    });
    const id = await idOf(createOrder(erpHub.hub.admin, orderInput({ number })));
    const shown = await erpHub.shownWhen(id, ({ status }) => status === 'PROCESSING');

    expect(early.status).toBe(202);
    expect(shown.link?.externalId).toBe(`ERP-${number}`);
  });

  it.each([
    ['{', 'INVALID_JSON'],
    ['{}', 'INVALID_SHAPE'],
    ['{"items":[{"sku":"A","qty":1.5}]}', 'INVALID_SHAPE'],
    ['{"items":[{"sku":"A","qty":99999999999}]}', 'INVALID_SHAPE'],
    ['{"orderIncrementId":"1","timestamp":"soon"}', 'INVALID_SHAPE'],
    ['{"orderIncrementId":"1"}', 'INVALID_SHAPE'],
  ])('S7 refuses %s', async (body, code) => {
    expect(await erpHub.callback(body)).toMatchObject({ status: 400, body: { code } });
  });
});

describe('stock', () => {
  const stockOf = async (sku: string) => {
    const { inventory } = await erpHub.hub.admin.ask<{ inventory: { nodes: { available: number; readAt: string }[] } }>(
      'query ($sku: [String!]) { inventory(filter: { sku: $sku }) { nodes { id sku onHand available readAt integration { id } } } }',
      { sku: [sku] },
    );
    return inventory.nodes;
  };

  it('S7 a stock callback changes the levels; an older one changes nothing, SKU by SKU', async () => {
    const first = await erpHub.callback({
      items: [
        { sku: 'S-1', qty: 5 },
        { sku: 'S-2', qty: 7 },
      ],
      timestamp: '2026-03-02T10:00:00Z',
    });
    const older = await erpHub.callback({
      items: [
        { sku: 'S-1', qty: 50 },
        { sku: 'S-3', qty: 9 },
      ],
      timestamp: '2026-03-01T10:00:00Z',
    });
    const newer = await erpHub.callback({ items: [{ sku: 'S-2', qty: -3 }], timestamp: '2026-03-03T10:00:00Z' });

    expect([first.status, older.status, newer.status]).toEqual([200, 200, 200]);
    expect(await stockOf('S-1')).toMatchObject([{ onHand: 5, available: 5, integration: { id: 'escooter' } }]);
    expect(await stockOf('S-2')).toMatchObject([{ available: -3 }]);
    expect(await stockOf('S-3')).toMatchObject([{ available: 9 }]);
  });

  it('S9 mock-update-stock at the simulator reaches the stock of the hub, and a subscriber', async () => {
    const changes = erpHub.hub.admin.subscribe<{ inventoryChanged: Record<string, unknown> }>(
      'subscription ($after: Cursor) { inventoryChanged(sku: "PROD-001", after: $after) { sku previousAvailable available inventoryLevel { sku } } }',
      { after: await cursorNow(erpHub.hub.admin) },
    );
    const first = changes.next();
    const ask = () =>
      fetch(`${erpHub.erp.url}${PATH}/mock-update-stock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ items: [{ sku: 'PROD-001', qty: 5 }], idempotencyKey: 'ERP_abc123' }),
      });

    const answers = [await ask(), await ask()];
    const levels = await eventually(
      () => stockOf('PROD-001'),
      (found) => found.length > 0,
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(levels).toMatchObject([{ sku: 'PROD-001', available: 5 }]);
    const { value } = await first;
    expect(value?.inventoryChanged).toMatchObject({ previousAvailable: null, available: 5 });
    await changes.return(undefined);
  });

  it('S9 the hub takes mock-update-stock from anybody, and hands it to the simulator of a demo', async () => {
    const post = async (body: object) => {
      const response = await fetch(`${erpHub.hub.url}${PATH}/mock-update-stock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    };
    const stock = { items: [{ sku: 'MOCK-1', qty: 7 }], orderIncrementId: '000000123', idempotencyKey: 'ERP_mock' };

    const logged = await post(stock);
    const before = await stockOf('MOCK-1');
    await erpHub.hub.db.pool.query(`update integrations set configured_by = 'DEMO' where id = 'escooter'`);
    const taken = await post(stock);
    const levels = await eventually(
      () => stockOf('MOCK-1'),
      (found) => found.length > 0,
    );
    const wrong = await post({ items: [{ sku: 'MOCK-1', qty: 'many' }] });

    expect(logged).toMatchObject({ status: 200, body: { success: true, items: stock.items } });
    expect(before).toEqual([]);
    expect(taken).toMatchObject({ status: 200, body: { success: true, message: 'Stock updated' } });
    expect(levels).toMatchObject([{ sku: 'MOCK-1', available: 7 }]);
    expect(wrong).toMatchObject({ status: 400, body: { success: false, field: 'items.0.qty' } });
  });
});
