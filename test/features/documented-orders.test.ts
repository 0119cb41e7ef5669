import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, PORTAL_SECRET } from '../harness/hub.js';
import { type DocumentedHub, ENVELOPE, type Filled, hmac, startDocumentedHub, TIME } from './documented-hub.js';
import { readRequest } from './documented-request.js';
import { createInvoice, createOrder, idOf, orderInput } from './order-client.js';

let documented: DocumentedHub;
beforeAll(async () => {
  documented = await startDocumentedHub();
});
afterAll(() => documented.stop());

describe('B2B Portal', () => {
  let order: string;
  let invoice: string;
  let filled: Filled;

  beforeAll(async () => {
    order = await idOf(createOrder(documented.hub.admin, orderInput()));
    invoice = await idOf(createInvoice(documented.hub.admin, { orderId: order, number: 'INV-2026-001' }));
    const [shownOrder, shownInvoice] = [await atPortal('order', order), await atPortal('invoice', invoice)];
    filled = {
      b2b_order_123: shownOrder,
      erp_order_456: order,
      b2b_invoice_123: shownInvoice,
      erp_invoice_456: invoice,
    };
  });

  const atPortal = async (noun: 'order' | 'invoice', id: string) => {
    const ask = `query ($id: ID!) { one: ${noun}(id: $id) { links { externalId integration { id } } } }`;
    type Found = { one: { links: { externalId: string | null; integration: { id: string } }[] } };
    const link = ({ one }: Found) => one.links.find(({ integration }) => integration.id === 'b2b-portal');
    const found = await eventually(
      () => documented.hub.admin.ask<Found>(ask, { id }),
      (answer) => typeof link(answer)?.externalId === 'string',
    );
    return link(found)?.externalId ?? '';
  };

  const webhook = (path: string, body: string) => {
    const event = documented.request(`POST ${path}\nContent-Type: application/json\n\n${body}`, filled);
    const signature = hmac(event.body ?? '', 'hex', PORTAL_SECRET);
    return documented.send({ ...event, headers: { ...event.headers, 'x-b2b-signature': signature } });
  };

  const ORDER_EVENT = `{
  "event": "order.status.updated",
  "id": "evt_123456789",
  "timestamp": "2026-02-15T10:30:00Z",
  "entity_type": "order",
  "data": {
    "id": "b2b_order_123",
    "order_number": "PO-12345",
    "status": "SHIPPED",
    "previous_status": "PROCESSING",
    "erp_order_id": "erp_order_456",
    "customer_ref_id": "cust_789",
    "tracking_numbers": ["TRK123456"]
  }
}`;

  it('B3 B5 applies the order webhook, at its own address and again at the general one', async () => {
    const answer = await webhook('/api/v1/b2b/webhooks/b2b/order', ORDER_EVENT);
    const again = await webhook('/api/v1/b2b/webhooks/b2b', ORDER_EVENT);

    expect(answer).toMatchObject({
      status: 200,
      body: {
        success: true,
        data: {
          erp_order_id: order,
          b2b_order_id: filled['b2b_order_123'],
          status: 'SHIPPED',
          message: 'Order status updated successfully',
        },
      },
    });
    expect(again).toMatchObject({ status: 200, body: { data: answer.body.data } });
  });

  it('B4 applies the invoice webhook', async () => {
    const answer = await webhook(
      '/api/v1/b2b/webhooks/b2b/invoice',
      `{
  "event": "invoice.status.updated",
  "id": "evt_987654321",
  "timestamp": "2026-02-15T10:30:00Z",
  "entity_type": "invoice",
  "data": {
    "id": "b2b_invoice_123",
    "invoice_number": "INV-2026-001",
    "order_id": "b2b_order_123",
    "status": "PAID",
    "previous_status": "SENT",
    "erp_invoice_id": "erp_invoice_456",
    "paid_date": "2026-02-15T10:30:00Z",
    "paid_amount": 1500.00
  }
}`,
    );
    const { paid } = await documented.hub.admin.ask<{ paid: object }>(
      `{ paid: invoice(id: "${invoice}") { status paidAmount paidAt } }`,
    );

    expect(answer).toMatchObject({ status: 200, body: { success: true, data: { status: 'PAID' } } });
    expect(paid).toMatchObject({ status: 'PAID', paidAmount: '1500.00', paidAt: TIME });
  });

  it('B6 B13 B14 B15 answers the reads in the documented fields', async () => {
    const verified = await documented.answerTo('GET /api/v1/b2b/webhooks/b2b/verify');
    const ofOrder = await documented.answerTo('GET /api/v1/b2b/sync/orders/:id', { ':id': order });
    const ofInvoice = await documented.answerTo('GET /api/v1/b2b/sync/invoices/:id', { ':id': invoice });
    const pending = await documented.answerTo('GET /api/v1/b2b/sync/pending?entityType=order&limit=50');
    const statistics = await documented.answerTo('GET /api/v1/b2b/sync/statistics');

    const counts = {
      pending: expect.any(Number),
      success: expect.any(Number),
      failed: expect.any(Number),
      retrying: expect.any(Number),
      total: expect.any(Number),
    };
    const state = { syncStatus: 'synced', syncedAt: TIME, lastError: null, syncEvents: expect.any(Array) };
    expect(verified).toMatchObject({ status: 200, body: { success: true } });
    expect(ofOrder.body).toMatchObject({
      success: true,
      data: { erpOrderId: order, b2bOrderId: filled['b2b_order_123'], ...state },
    });
    expect(ofInvoice.body).toMatchObject({
      success: true,
      data: { erpInvoiceId: invoice, b2bInvoiceId: filled['b2b_invoice_123'], ...state },
    });
    expect(pending).toMatchObject({ status: 200, body: { success: true, data: [] } });
    expect(statistics.body).toMatchObject({ success: true, data: { orders: counts, invoices: counts } });
  });

  it('B16 syncs by hand, with and without the documented body', async () => {
    const ofOrder = await documented.answerTo(
      `POST /api/v1/b2b/sync/orders/:id/sync
Content-Type: application/json

{
  "force": false
}`,
      { ':id': order },
    );
    const ofInvoice = await documented.answerTo('POST /api/v1/b2b/sync/invoices/:id/sync', { ':id': invoice });

    expect([ofOrder.status, ofInvoice.status]).toEqual([200, 200]);
    expect([ofOrder.body, ofInvoice.body]).toMatchObject([{ success: true }, { success: true }]);
  });
});

describe('Extensiv', () => {
  it('E6 E14 E15 takes the manual tests', async () => {
    const synced = await documented.answerTo('curl -X POST http://localhost:3001/api/v1/inventory/sync');
    const made = await documented.send({
      ...documented.request(`curl -X POST http://localhost:3001/api/v1/orders \\
  -H "Content-Type: application/json" \\
  -d @test-order.json`),
      body: TEST_ORDER,
    });
    const { id } = made.body.data as { id: string };
    const products = await eventually(
      () => documented.answerTo('curl http://localhost:3001/api/v1/products?brand=VitalHemp'),
      ({ body }) => (body.data as { totalCount: number }).totalCount > 0,
    );
    const moved = await documented.answerTo(
      'PATCH /api/v1/orders/{id}/status\nContent-Type: application/json\n\n{"status": "paid"}',
      { '{id}': id },
    );

    expect(synced).toMatchObject({ status: 200, body: ENVELOPE });
    expect(made).toMatchObject({ status: 200, body: { ...ENVELOPE, data: { number: 'PO-1001' } } });
    expect(products).toMatchObject({ status: 200, body: ENVELOPE });
    expect(moved).toMatchObject({ status: 200, body: { ...ENVELOPE, data: { status: 'PAID' } } });
  });

  /** The fields of the document's transformation. */
  const TEST_ORDER = `{
  "merchantId": "${MERCHANT}",
  "customer": { "name": "Ada", "email": "ada@example.com", "phone": "+1 555 0100", "companyName": "Ada Ltd" },
  "shipping_address": { "street1": "1 Main St", "street2": "", "city": "Denver", "state": "CO", "zip": "80202", "country": "US" },
  "line_items": [{ "sku": "CBD-OIL-10", "quantity": 2, "price": 49.90, "description": "Oil" }],
  "order_number": "PO-1001",
  "order_date": "2026-02-15T10:30:00Z",
  "delivery_method": "pickup",
  "metadata": { "portal_order_id": "p-1", "delivery_zone": "north", "total_amount": 99.80, "payment_status": "pending" }
}`;
});

describe('Escooter ERP', () => {
  const BODY = `{
  "orderIncrementId": "000000123"
}`;
  const start = (name: string) => `POST /rest/V1/erpconnector/${name}
Authorization: Bearer <admin_token>
Content-Type: application/json

${BODY}`;

  it('S7 S8 S9 S13 syncs, syncs again, tells the status and takes the callback', async () => {
    await idOf(createOrder(documented.hub.admin, orderInput({ number: '000000123' })));

    const synced = await documented.answerTo(start('sync-order'));
    const resynced = await documented.answerTo(start('resync-order'));
    const status = await documented.answerTo(`GET /rest/V1/erpconnector/sync-status/000000123
Authorization: Bearer <admin_token>`);
    const byCurl =
      await documented.answerTo(`curl -X GET "https://magento.test/rest/V1/erpconnector/sync-status/000000123" \\
  -H "Authorization: Bearer YOUR_ADMIN_TOKEN"`);

    const sync = {
      sync_id: expect.any(Number),
      order_increment_id: '000000123',
      status: 'success',
      erp_reference: expect.stringMatching(/^ERP-/),
      attempts: 1,
      last_error: null,
    };
    expect(synced).toMatchObject({
      status: 200,
      body: { success: true, message: 'Order synced successfully', ...sync },
    });
    expect(resynced).toMatchObject({ status: 200, body: { success: true, ...sync } });
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(status).toMatchObject({
      status: 200,
      body: {
        ...sync,
        max_attempts: 5,
        last_attempt_at: time,
        next_attempt_at: null,
        created_at: time,
        updated_at: time,
      },
    });
    expect(status.body).toHaveProperty('order_id');
    expect(byCurl.body).toEqual(status.body);

    const callback = await called(String(synced.body['erp_reference']));
    expect(callback).toMatchObject({ status: 200, body: { success: true } });
  });

  const called = (reference: string) => {
    const body = `{
  "orderIncrementId": "000000123",
  "erpReference": "${reference}",
  "status": "accepted"
}`;
    return documented.send(
      readRequest(`POST /rest/V1/erpconnector/webhook
Content-Type: application/json
X-Signature: ${hmac(body, 'base64')}

${body}`),
    );
  };

  it('S9 sets stock without a token', async () => {
    const answer = await documented.send(
      readRequest(`POST /rest/V1/erpconnector/mock-update-stock
Content-Type: application/json

{
  "items": [
    {"sku": "PROD-001", "qty": 5}
  ],
  "orderIncrementId": "000000123",
  "idempotencyKey": "ERP_abc123"
}`),
    );

    expect(answer).toMatchObject({ status: 200, body: { success: true } });
  });
});
