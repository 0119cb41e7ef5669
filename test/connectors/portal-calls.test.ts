import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { b2bPortal } from '../../src/connectors/b2b-portal/index.js';
import type { Connection, Effect } from '../../src/connectors/connector.js';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { parseExactJson } from '../../src/connectors/text/exact-json.js';
import { createUpstreamHttp } from '../../src/connectors/upstream/upstream-http.js';
import { startServer } from './local-server.js';
import { invoiceSnapshot, orderSnapshot } from './sample-snapshots.js';

/** The id that the portal gives to its first order when the hub's is `ord_1`. */
const ORDER_ID = 'b2b_order_1_341fb35e';
const http = createUpstreamHttp({ httpsOnly: false });
let portal: SpawnedSimulator;
let connection: Connection;

beforeAll(async () => {
  portal = await spawnSimulator('b2b-portal', { apiKey: 'portal-key', apiSecret: 'portal-secret' });
  connection = connectWith('portal-key');
});
beforeEach(() => portal.control.reset());
afterAll(async () => {
  http.close();
  await portal.stop();
});

function connectWith(apiKey: string): Connection {
  const settings = b2bPortal.settings.parse({ baseUrl: `${portal.url}/`, merchantId: 'merchant-7', timeout: 5000 });
  return b2bPortal.connect({ credentials: { apiKey }, settings }, http);
}

function effect(changes: Partial<Effect> = {}): Effect {
  const base = {
    syncEventId: '1',
    idempotencyKey: 'key-1',
    operation: 'CREATE',
    entityType: 'ORDER',
    entityId: 'ord_1',
  };
  return { ...base, snapshot: orderSnapshot(), externalId: null, attempt: 1, ...changes } as Effect;
}

it('B1 sends an order with the documented headers and every digit of its amounts', async () => {
  const result = await connection.deliver(effect());

  const [request] = await portal.control.requests();
  expect(result).toEqual({ kind: 'delivered', externalId: ORDER_ID, externalNumber: 'PO-1' });
  expect(request).toMatchObject({
    method: 'POST',
    url: '/orders',
    headers: { 'x-api-key': 'portal-key', 'x-merchant-id': 'merchant-7', 'idempotency-key': 'key-1' },
  });
  expect(request?.body).toContain('"unit_price":10.10,"line_total":20.20');
  expect(request?.body).toContain('"total_amount":9007199254740993.10');
  expect(parseExactJson(request?.body ?? '')).toMatchObject({
    erp_order_id: 'ord_1',
    order_number: 'PO-1',
    customer_ref_id: 'cust_789',
    shipping_address: { name: 'Zoë 🚲 مرحبا', postal_code: '00123' },
  });
});

it('B2 sends an invoice with the portal’s id of its order', async () => {
  const snapshot = invoiceSnapshot({ orderExternalId: 'b2b_order_9' });

  const result = await connection.deliver(effect({ entityType: 'INVOICE', snapshot }));

  const [request] = await portal.control.requests();
  expect(result).toEqual({
    kind: 'delivered',
    externalId: expect.stringMatching(/^b2b_invoice_1_/),
    externalNumber: 'INV-1',
  });
  expect(request?.body).toContain('"order_id":"b2b_order_9"');
  expect(request?.body).toContain('"total_amount":24.0380');
});

it('B21 takes the first answer when a webhook told the id between two attempts of a create', async () => {
  await portal.control.addFault({ kind: 'timeout', when: 'after' });
  const impatient = b2bPortal.settings.parse({ baseUrl: portal.url, merchantId: 'm', timeout: 300 });
  await b2bPortal.connect({ credentials: { apiKey: 'portal-key' }, settings: impatient }, http).deliver(effect());

  const second = await connection.deliver(effect({ attempt: 2, externalId: ORDER_ID }));

  expect(second).toMatchObject({ kind: 'delivered', externalId: ORDER_ID });
  expect((await portal.control.state()).effects).toMatchObject([{ idempotencyKey: 'key-1', method: 'POST' }]);
});

it('B21 never creates after a conflict that is not about the key', async () => {
  await connection.deliver(effect());
  await portal.control.addFault({ kind: 'status', status: 409, message: 'Already shipped' });

  const result = await connection.deliver(effect({ idempotencyKey: 'key-2', attempt: 2, externalId: ORDER_ID }));

  expect(result).toMatchObject({ kind: 'rejected', code: 'UPSTREAM_CONFLICT' });
  expect((await portal.control.state()).effects).toHaveLength(1);
});

it.each([
  ['no body', 204, ''],
  ['an empty object', 200, '{}'],
  ['no data', 200, '{"success":true,"data":null}'],
  ['another body', 202, '{"data":{"order_number":"PO-1"}}'],
])('takes an update that is answered with %s', async (_case, status, body) => {
  const server = await startServer((_request, response) => response.writeHead(status).end(body));
  const settings = b2bPortal.settings.parse({ baseUrl: server.url, merchantId: 'm' });

  const result = await b2bPortal
    .connect({ credentials: { apiKey: 'portal-key' }, settings }, http)
    .deliver(effect({ operation: 'UPDATE', externalId: ORDER_ID }));
  server.stop();

  expect(result).toMatchObject({ kind: 'delivered', externalId: ORDER_ID });
});

it.each([
  ['[]', /but its body is wrong: .* The call may have had its effect\.$/],
  ['{"id":{}}', /but the field "id" is wrong: /],
])('tells what is wrong with the answer %s', async (body, message) => {
  const server = await startServer((_request, response) => response.writeHead(201).end(body));
  const settings = b2bPortal.settings.parse({ baseUrl: server.url, merchantId: 'm' });

  const result = await b2bPortal.connect({ credentials: { apiKey: 'portal-key' }, settings }, http).deliver(effect());
  server.stop();

  expect(result).toMatchObject({ kind: 'retry', code: 'UPSTREAM_BAD_RESPONSE', httpStatus: 201 });
  expect(result).toHaveProperty('message', expect.stringMatching(message));
});

it('tells which fields the portal refuses', async () => {
  const result = await connection.deliver(effect({ snapshot: orderSnapshot({ currency: 'euro', lines: [] }) }));

  expect(result).toMatchObject({ kind: 'rejected', code: 'UPSTREAM_REJECTED', httpStatus: 400 });
  expect(result).toHaveProperty('message', expect.stringMatching(/currency.*items/));
});

it('tells that the key is wrong, without the key', async () => {
  const result = await connectWith('wrong-key-123').deliver(effect());

  expect(result).toMatchObject({ kind: 'rejected', code: 'UPSTREAM_UNAUTHORIZED', httpStatus: 401 });
  expect(JSON.stringify(result)).not.toContain('wrong-key-123');
});

it.each([
  ['DELETE', 'ORDER'],
  ['CREATE', 'CUSTOMER'],
] as const)('calls nothing for %s of %s', async (operation, entityType) => {
  const result = await connection.deliver(effect({ operation, entityType }));

  expect(result).toMatchObject({ kind: 'rejected', code: 'UNSUPPORTED' });
  expect(await portal.control.requests()).toEqual([]);
});

it('reads the same state twice as the same event', async () => {
  await connection.deliver(effect());

  const [first, second] = [
    await connection.readStatus?.('ORDER', ORDER_ID),
    await connection.readStatus?.('ORDER', ORDER_ID),
  ];
  await portal.control.advance({ id: ORDER_ID, status: 'SHIPPED' });
  const third = await connection.readStatus?.('ORDER', ORDER_ID);

  expect(second?.eventId).toBe(first?.eventId);
  expect(third?.eventId).not.toBe(first?.eventId);
  expect(third).toMatchObject({ status: 'SHIPPED', trackingNumbers: [expect.stringMatching(/^TRK/)] });
});

it.each([
  ['ORDER', 'PENDING', ['PENDING'], ['CONFIRMED', 'SHIPPED', 'DELIVERED']],
  ['ORDER', 'PROCESSING', ['CONFIRMED', 'PAID', 'ON_HOLD'], ['SHIPPED', 'CANCELLED']],
  ['INVOICE', 'SENT', ['DRAFT', 'ISSUED'], ['PARTIALLY_PAID', 'PAID', 'VOID']],
  ['INVOICE', 'PAID', ['SENT', 'OVERDUE', 'PARTIALLY_PAID'], ['REFUNDED', 'VOID']],
] as const)('B26 what is read without a time moves nothing back: %s %s', async (entityType, status, onward, back) => {
  const server = await startServer((_request, response) => response.end(JSON.stringify({ id: 'x1', status })));
  const settings = b2bPortal.settings.parse({ baseUrl: server.url, merchantId: 'm' });

  const read = await b2bPortal
    .connect({ credentials: { apiKey: 'portal-key' }, settings }, http)
    .readStatus?.(entityType, 'x1');
  server.stop();

  expect(read).toMatchObject({ status, onlyFrom: expect.arrayContaining([...onward]) });
  expect(back.filter((one) => read?.onlyFrom?.includes(one))).toEqual([]);
});

it('B24 tells when the portal is not healthy', async () => {
  await portal.control.addFault({ kind: 'timeout', path: '/health' });
  const settings = b2bPortal.settings.parse({ baseUrl: portal.url, merchantId: 'm', timeout: 300 });

  const check = b2bPortal.connect({ credentials: { apiKey: 'portal-key' }, settings }, http).checkHealth();

  await expect(check).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
});
