import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MERCHANT } from '../harness/hub.js';
import { type DocumentedHub, ENVELOPE, type Filled, fillIn, hmac, startDocumentedHub, TIME } from './documented-hub.js';
import { type Answer, readRequest } from './documented-request.js';
import { idOf, mutate } from './order-client.js';

let documented: DocumentedHub;
beforeAll(async () => {
  documented = await startDocumentedHub();
});
afterAll(() => documented.stop());

describe('Integration gateway', () => {
  const CREATE = `POST /api/integrations
Content-Type: application/json
Authorization: Bearer <token>

{
  "merchantId": "merchant-123",
  "name": "Main Store Logo ERP",
  "type": "hybrid",
  "connector": "logo",
  "credentials": {
    "endpoint": "https://erp.example.com/api",
    "username": "integration_user",
    "password": "secure_password",
    "apiKey": "logo_api_key_123"
  },
  "settings": {
    "syncInterval": 300000,
    "warehouseCode": "MAIN",
    "priceListCode": "RETAIL"
  }
}`;
  let made: Answer;
  let filled: Filled;

  beforeAll(async () => {
    made = await documented.answerTo(CREATE, { 'https://erp.example.com/api': documented.simulator('logo') });
    const id = (made.body.data as { id: string } | undefined)?.id ?? '';
    filled = { '{integrationId}': id, '{id}': id };
  });

  it('G1 takes the integration as it is printed, with an address where nobody is', async () => {
    const printed = await documented.answerTo(CREATE);
    const { id } = printed.body.data as { id: string };
    const removed = await documented.answerTo('DELETE /api/integrations/{id}', { '{id}': id });

    expect([printed.status, removed.status]).toEqual([201, 200]);
  });

  it('G1 G15 G24 creates the integration, and shows no secret', async () => {
    const shown = await documented.answerTo('GET /api/integrations/{id}', filled);
    const listed = await documented.answerTo('GET /api/integrations?page=1&limit=50');

    expect(made).toMatchObject({
      status: 201,
      body: { ...ENVELOPE, data: { merchantId: 'merchant-123', type: 'hybrid', connector: 'logo' } },
    });
    expect(shown.body.data).toEqual(made.body.data);
    expect(JSON.stringify([made.body, shown.body])).not.toMatch(/secure_password|logo_api_key_123/);
    expect(listed.body).toMatchObject({
      success: true,
      data: expect.any(Array),
      pagination: { page: 1, limit: 50, total: expect.any(Number), totalPages: 1 },
    });
  });

  it('G2 G3 triggers a sync and tests the connection', async () => {
    const tested = await documented.answerTo(
      'POST /api/integrations/{integrationId}/test-connection\nAuthorization: Bearer <token>',
      filled,
    );
    const triggered = await documented.answerTo(
      `POST /api/integrations/{integrationId}/sync
Content-Type: application/json
Authorization: Bearer <token>

{
  "type": "inventory",
  "priority": 1,
  "delay": 0
}`,
      filled,
    );

    expect(tested).toMatchObject({ status: 200, body: ENVELOPE });
    expect(triggered.body).toMatchObject(ENVELOPE);
    expect(triggered.status).toBe(202);
  });

  const EVENT = `POST /webhooks/{integrationId}
Content-Type: application/json
X-Webhook-Signature: sha256=<signature>
X-Webhook-Timestamp: 2024-01-20T10:30:00Z

{
  "eventType": "product.updated",
  "data": {
    "productId": "PROD-123",
    "sku": "SKU-123",
    "price": 29.99,
    "stock": 100
  }
}`;

  it('G4 G5 G19 registers a webhook, applies the documented event, and refuses it by its own old time', async () => {
    const registered = await documented.answerTo(
      `POST /api/integrations/{integrationId}/webhook/register
Content-Type: application/json
Authorization: Bearer <token>

{
  "url": "https://your-platform.com/webhooks/integration",
  "events": ["product.updated", "inventory.changed", "order.created"],
  "secret": "webhook_secret_key"
}`,
      filled,
    );
    const signature = hmac(readRequest(EVENT).body ?? '', 'hex', 'webhook_secret_key');
    const signed = { ...filled, '<signature>': signature };
    const stale = await documented.send(readRequest(fillIn(EVENT, signed)));
    const now = { ...signed, '2024-01-20T10:30:00Z': new Date().toISOString() };
    const applied = await documented.send(readRequest(fillIn(EVENT, now)));
    const { products } = await documented.hub.admin.ask<{ products: { nodes: object[] } }>(
      '{ products(filter: { search: "SKU-123" }) { nodes { sku price inventory { available } } } }',
    );

    expect(registered).toMatchObject({ status: 201, body: ENVELOPE });
    expect(JSON.stringify(registered.body)).not.toContain('webhook_secret_key');
    expect(stale).toMatchObject({ status: 401, body: { success: false, code: expect.any(String) } });
    expect(applied).toMatchObject({ status: 200, body: ENVELOPE });
    expect(products.nodes).toMatchObject([{ sku: 'SKU-123', price: '29.99', inventory: [{ available: 100 }] }]);
  });

  it('G5 G24 takes the load test where nothing signs, and answers an unknown integration in the error format', async () => {
    const TEST = `curl -X POST http://localhost:8008/webhooks/test-integration \\
  -H "Content-Type: application/json" \\
  -d '{"eventType": "test", "data": {"test": true}}'`;
    const csv = {
      merchantId: MERCHANT,
      name: 'Files',
      connector: 'csv',
      mode: 'POLLING',
      credentials: {},
      settings: {},
    };
    const id = await idOf(
      mutate(documented.hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', csv),
    );

    const taken = await documented.send(readRequest(fillIn(TEST, { 'test-integration': id })));
    const unknown = await documented.send(readRequest(TEST));

    expect(taken.status).toBe(200);
    expect(taken.body).toMatchObject(ENVELOPE);
    expect(unknown).toMatchObject({
      status: 404,
      body: {
        success: false,
        error: expect.any(String),
        code: expect.stringMatching(/^[A-Z_]+$/),
        timestamp: TIME,
        requestId: expect.stringMatching(/^req_/),
      },
    });
  });

  it('G11 G12 answers health and metrics', async () => {
    const health = await documented.send(readRequest('curl http://localhost:8008/health'));
    const system = await documented.answerTo(`curl -H "Authorization: Bearer <token>" \\
  http://localhost:8008/api/integrations/system/health`);
    const one = await documented.answerTo(
      `curl -H "Authorization: Bearer <token>" \\
  http://localhost:8008/api/integrations/{id}/metrics`,
      filled,
    );
    const all = await documented.answerTo('GET /api/integrations/system/metrics');

    for (const answer of [health, system, one, all])
      expect(answer).toMatchObject({ status: 200, body: { ...ENVELOPE, data: expect.any(Object) } });
  });
});

describe('FlashERP', () => {
  it('F5 F6 F8 F9 tests, syncs, tells status and history', async () => {
    const input = { merchantId: MERCHANT, amount: '19.90', currency: 'EUR', reference: 'pi_documented' };
    const id = await idOf(
      mutate(documented.hub.admin, 'createTransaction', 'CreateTransactionInput', 'transaction', input),
    );
    const tested = await documented.answerTo(`curl -X POST http://localhost:3001/api/erp/config/test \\
  -H "Authorization: Bearer YOUR_ADMIN_TOKEN"`);
    const synced = await documented.answerTo(
      `curl -X POST http://localhost:3001/api/erp/sync/transaction/TRANSACTION_ID \\
  -H "Authorization: Bearer YOUR_ADMIN_TOKEN"`,
      { TRANSACTION_ID: id },
    );
    const status = await documented.answerTo(`curl http://localhost:3001/api/erp/status \\
  -H "Authorization: Bearer YOUR_ADMIN_TOKEN"`);
    const history =
      await documented.answerTo(`curl "http://localhost:3001/api/erp/sync-history?page=1&limit=25&status=failed" \\
  -H "Authorization: Bearer YOUR_ADMIN_TOKEN"`);

    expect(tested).toMatchObject({ status: 200, body: { ...ENVELOPE, data: { ok: true } } });
    expect(synced).toMatchObject({
      status: 200,
      body: { ...ENVELOPE, data: { sourceType: 'transaction', sourceId: id } },
    });
    expect(status).toMatchObject({
      status: 200,
      body: { ...ENVELOPE, data: { healthStatus: expect.stringMatching(/^(healthy|degraded|down|unknown)$/) } },
    });
    expect(history).toMatchObject({ status: 200, body: { ...ENVELOPE, data: [], pagination: { page: 1, limit: 25 } } });
  });

  it('F12 takes a webhook signed as documented, and says that its address is well', async () => {
    const payload = JSON.stringify({ id: 'evt_doc', type: 'customer.updated', data: { id: 'cus_unknown' } });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = hmac(`${timestamp}.${payload}`, 'hex');
    const answer = await documented.send(
      readRequest(`POST /api/webhooks/flasherp
Content-Type: application/json
x-flasherp-signature: ${signature}
x-flasherp-timestamp: ${timestamp}

${payload}`),
    );
    const health = await documented.send(readRequest('GET /api/webhooks/flasherp/health'));

    expect(answer).toMatchObject({ status: 202, body: { success: true } });
    expect(health).toMatchObject({ status: 200, body: { success: true } });
  });

  it('F4 takes the documented configuration, and reads back everything of it but the secrets', async () => {
    const changed = await documented.answerTo(`curl -X PUT http://localhost:3001/api/erp/config \\
  -H "Authorization: Bearer YOUR_ADMIN_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "apiKey": "sk_live_...",
    "apiSecret": "secret_...",
    "isEnabled": true,
    "enableAutoSync": true,
    "syncInterval": 3600,
    "syncScope": {
      "transactions": true,
      "subscriptions": true,
      "customers": true,
      "invoices": false,
      "financialReports": false
    }
  }'`);

    expect(changed).toMatchObject({
      status: 200,
      body: {
        ...ENVELOPE,
        data: {
          isEnabled: true,
          enableAutoSync: true,
          syncInterval: 3600,
          syncScope: {
            transactions: true,
            subscriptions: true,
            customers: true,
            invoices: false,
            financialReports: false,
          },
        },
      },
    });
    expect(JSON.stringify(changed.body)).not.toMatch(/sk_live_|secret_\./);
  });
});
