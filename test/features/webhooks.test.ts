import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { addInvoice, addLink, addOrder } from '../inbox/fixtures.js';
import {
  addPortal,
  invoiceEvent,
  orderEvent,
  PATH,
  post,
  SECRET,
  sign,
  startWebhookHub,
  type WebhookHub,
} from './webhook-hub.js';

let db: TestDatabase;
let hub: WebhookHub;
beforeAll(async () => {
  db = await createTestDatabase();
  await addPortal(db);
  hub = await startWebhookHub(db);
});
afterAll(async () => {
  await hub.close();
  await db.drop();
});

const one = async (text: string, values: unknown[] = []) => (await db.pool.query(text, values)).rows[0];
const storedEvents = async () => (await one('select count(*)::int as n from webhook_events')).n;
const statusOf = async (id: string) => (await one('select status from orders where id = $1', [id])).status;

async function linkedOrder(externalId: string): Promise<string> {
  const order = await addOrder(db);
  await addLink(db, order, externalId, 'ORDER', 'b2b-portal');
  return order;
}

it('B3 applies an order event and answers with the documented body', async () => {
  const order = await linkedOrder('b3');

  const answer = await post(hub, `${PATH}/order`, orderEvent({ id: 'b3', tracking_numbers: ['TRK123456'] }));

  expect(answer).toMatchObject({
    status: 200,
    body: {
      success: true,
      data: {
        erp_order_id: order,
        b2b_order_id: 'b3',
        status: 'SHIPPED',
        message: 'Order status updated successfully',
      },
    },
  });
  expect(await one('select status, tracking_numbers from orders where id = $1', [order])).toEqual({
    status: 'SHIPPED',
    tracking_numbers: ['TRK123456'],
  });
});

it('B4 applies status, paid date and exact paid amount of an invoice event', async () => {
  const invoice = await addInvoice(db);
  await addLink(db, invoice, 'b4', 'INVOICE', 'b2b-portal');
  const body = invoiceEvent({ id: 'b4', status: 'PAID', paid_date: '2026-02-15T10:30:00Z', paid_amount: 0 }).replace(
    '"paid_amount":0',
    '"paid_amount":9007199254740993.1000',
  );

  const answer = await post(hub, `${PATH}/invoice`, body);

  expect(answer.body).toEqual({
    success: true,
    data: {
      erp_invoice_id: invoice,
      b2b_invoice_id: 'b4',
      status: 'PAID',
      message: 'Invoice status updated successfully',
    },
  });
  expect(await one('select status, paid_at, paid_amount from invoices where id = $1', [invoice])).toEqual({
    status: 'PAID',
    paid_at: '2026-02-15 10:30:00+00',
    paid_amount: '9007199254740993.1000',
  });
  const { payload } = await one(`select payload from webhook_events where external_id = 'b4'`);
  expect(payload).toContain('9007199254740993.1000');
});

it.each([
  ['entity_type', { event: 'status.updated', entity_type: 'order' }],
  ['the first word of the event', { entity_type: undefined }],
])('B5 routes a generic event by %s', async (_by, more) => {
  const order = await linkedOrder(`b5-${_by}`);

  const answer = await post(hub, PATH, orderEvent({ id: `b5-${_by}` }, more));

  expect(answer).toMatchObject({ status: 200, body: { data: { erp_order_id: order } } });
  expect(await statusOf(order)).toBe('SHIPPED');
});

it('B6 says that the endpoint is there', async () => {
  const response = await fetch(`${hub.url}${PATH}/verify`);

  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ success: true, data: { status: 'ok' }, requestId: expect.any(String) });
});

it('B7 takes the signature with and without its prefix', async () => {
  await linkedOrder('b7');
  const [plain, prefixed] = [orderEvent({ id: 'b7' }), orderEvent({ id: 'b7' })];

  const answers = [
    await post(hub, PATH, plain, { 'x-b2b-signature': sign(plain) }),
    await post(hub, PATH, prefixed, { 'x-b2b-signature': `sha256=${sign(prefixed)}` }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
});

it('B7 takes bytes as they are: spaces, member order and 10.10 are part of what is signed', async () => {
  await linkedOrder('b7-raw');
  const body = orderEvent({ id: 'b7-raw' }).replace('"data":{', '"data" : { "price": 10.10,\n');

  const answer = await post(hub, PATH, body);

  expect(answer.status).toBe(200);
  const { raw_body } = await one(`select raw_body from webhook_events where external_id = 'b7-raw'`);
  expect(raw_body.equals(Buffer.from(body))).toBe(true);
});

it.each([
  ['a missing signature', () => ({})],
  ['a wrong signature', (body: string) => ({ 'x-b2b-signature': sign(body, 'another') })],
  [
    'a signature of a re-serialised body',
    (body: string) => ({ 'x-b2b-signature': sign(JSON.stringify(JSON.parse(body))) }),
  ],
  ['a signature that is no hex', () => ({ 'x-b2b-signature': 'zz'.repeat(32) })],
])('B7 refuses %s and keeps nothing but an audit entry', async (_what, headersFor) => {
  const order = await linkedOrder(`b7-${_what}`);
  const body = orderEvent({ id: `b7-${_what}` }).replace('{', '{ ');
  const before = await storedEvents();

  const answer = await post(hub, PATH, body, headersFor(body) as Record<string, string>);

  expect(answer).toMatchObject({
    status: 401,
    body: {
      success: false,
      code: 'SIGNATURE_INVALID',
      error: expect.any(String),
      timestamp: expect.stringMatching(/Z$/),
      requestId: expect.any(String),
    },
  });
  expect(await storedEvents()).toBe(before);
  expect(await statusOf(order)).toBe('PENDING');
  const entry = await one(
    'select action, outcome, integration_id, request_id, details from audit_entries order by id desc limit 1',
  );
  expect(entry).toMatchObject({
    action: 'webhook.refuse',
    outcome: 'REFUSED',
    integration_id: 'b2b-portal',
    request_id: answer.body['requestId'],
  });
  expect(entry.details).not.toContain(SECRET);
});

it('B7 checks the signature before it parses', async () => {
  const answer = await post(hub, PATH, '{ not json', { 'x-b2b-signature': '00' });

  expect(answer.status).toBe(401);
});

it.each([
  ['no JSON', '{"id": ', 'INVALID_JSON', undefined],
  ['nothing', '', 'INVALID_JSON', undefined],
  ['no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'INVALID_JSON', undefined],
  ['no object', '[]', 'INVALID_SHAPE', undefined],
  ['no id', orderEvent({ id: 'x' }, { id: undefined }), 'INVALID_SHAPE', 'id'],
  ['no data', orderEvent({}, { data: undefined }), 'INVALID_SHAPE', 'data'],
  ['no status', orderEvent({ id: 'x', status: undefined }), 'INVALID_SHAPE', 'data.status'],
  [
    'a time of no calendar',
    orderEvent({ id: 'x' }, { timestamp: '2026-02-31T10:30:00Z' }),
    'INVALID_SHAPE',
    'timestamp',
  ],
  ['U+0000', orderEvent({ id: 'x\u0000y' }), 'INVALID_SHAPE', undefined],
  ['half a surrogate pair', orderEvent({ id: 'x', note: '\ud83d' }), 'INVALID_SHAPE', undefined],
  [
    'a number that PostgreSQL cannot hold',
    orderEvent({ id: 'x', n: 0 }).replace('"n":0', '"n":1e200000'),
    'INVALID_SHAPE',
    'body',
  ],
  ['JSON of 100,000 levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'INVALID_SHAPE', undefined],
])('answers a body with %s by 400 and keeps nothing', async (_what, body, code, field) => {
  const before = await storedEvents();

  const answer = await post(hub, PATH, body);

  expect(answer).toMatchObject({ status: 400, body: { success: false, code, ...(field && { field }) } });
  expect(await storedEvents()).toBe(before);
});

it('answers an event about something else than its address says by 400', async () => {
  const answer = await post(hub, `${PATH}/invoice`, orderEvent({ id: 'x' }));

  expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_SHAPE', field: 'entity_type' } });
});

it('takes 1 MiB and answers one byte more by 413', async () => {
  await linkedOrder('big');
  const frame = Buffer.byteLength(orderEvent({ id: 'big', note: '' }));
  const fitting = orderEvent({ id: 'big', note: 'x'.repeat(1024 * 1024 - frame) }).padEnd(1024 * 1024, ' ');

  const answers = [await post(hub, PATH, fitting), await post(hub, PATH, `${fitting} `)];

  expect(Buffer.byteLength(fitting)).toBe(1024 * 1024);
  expect(answers.map(({ status }) => status)).toEqual([200, 413]);
  expect(answers[1]?.body).toMatchObject({ success: false, code: 'PAYLOAD_TOO_LARGE' });
});

it('keeps emoji, right-to-left text and large numbers exactly', async () => {
  const order = await linkedOrder('📦-مرحبا');
  const body = orderEvent({ id: '📦-مرحبا', tracking_numbers: ['שלום-🚚'], serial: 0 }).replace(
    '"serial":0',
    '"serial":12345678901234567890.10',
  );

  const answer = await post(hub, PATH, body);

  expect(answer.body.data).toMatchObject({ erp_order_id: order, b2b_order_id: '📦-مرحبا' });
  expect((await one('select tracking_numbers from orders where id = $1', [order])).tracking_numbers).toEqual([
    'שלום-🚚',
  ]);
  expect((await one('select payload from webhook_events where external_id = $1', ['📦-مرحبا'])).payload).toContain(
    '12345678901234567890.10',
  );
});

it('B12 shows no field of an event that is named like a secret, and keeps its bytes for a replay', async () => {
  const secret = { client_secret: 'pi_1', list: [{ api_key: [['k1'], 'k]2'] }], n: 0, told: '{"cvv":1}' };
  const escaped = String.raw`"\u0070assword"`;
  const body = orderEvent({ id: 'mute', ...secret }).replace('"n":0', `"n":10.10,"token":null,${escaped}:"p"`);

  const answer = await post(hub, PATH, body);
  const kept = await one(`select payload, raw_body from webhook_events where external_id = 'mute'`);

  expect(answer.status).toBe(202);
  expect(kept.payload).toMatch(/"n": 10\.10\b/);
  const shown = { client_secret: '***', list: [{ api_key: '***' }], token: null, password: '***' };
  expect(JSON.parse(kept.payload).data).toMatchObject({ ...shown, told: '{"cvv":"***"}' });
  expect(kept.raw_body.equals(Buffer.from(body))).toBe(true);
});

it('B12 answers a repeated event by 200 with the first answer, one effect', async () => {
  const order = await linkedOrder('twice');
  const body = orderEvent({ id: 'twice' });

  const first = await post(hub, PATH, body);
  await post(hub, PATH, orderEvent({ id: 'twice', status: 'DELIVERED' }, { timestamp: '2026-02-15T11:00:00Z' }));
  const again = await post(hub, PATH, body);

  expect([first.status, again.status]).toEqual([200, 200]);
  expect(again.body).toEqual(first.body);
  expect(await statusOf(order)).toBe('DELIVERED');
});

it('answers an event for an unknown order by 202, keeps it, and applies it when the order appears', async () => {
  const body = orderEvent({ id: 'early' });

  const first = await post(hub, PATH, body);
  const again = await post(hub, PATH, body);
  const kept = await one(`select status, error_code from webhook_events where external_id = 'early'`);
  const order = await linkedOrder('early');
  await hub.inbox.applyWaiting({ integrationId: 'b2b-portal', entityType: 'ORDER', externalId: 'early' });

  expect([first.status, again.status]).toEqual([202, 200]);
  expect(again.body).toEqual(first.body);
  expect(first.body).toMatchObject({ success: true, data: { erp_order_id: null, b2b_order_id: 'early' } });
  expect(kept).toEqual({ status: 'FAILED', error_code: 'UNKNOWN_ENTITY' });
  expect(await statusOf(order)).toBe('SHIPPED');
});

it('keeps a late event as IGNORED and answers 200 with the present state', async () => {
  const order = await linkedOrder('late');
  await post(hub, PATH, orderEvent({ id: 'late', status: 'DELIVERED' }, { timestamp: '2026-02-15T12:00:00+01:00' }));

  const late = await post(hub, PATH, orderEvent({ id: 'late' }, { timestamp: '2026-02-15T10:59:59.999Z' }));

  expect(late).toMatchObject({ status: 200, body: { success: true, data: { status: 'DELIVERED' } } });
  expect(await statusOf(order)).toBe('DELIVERED');
  expect(
    (await one(`select status from webhook_events where external_id = 'late' order by id desc limit 1`)).status,
  ).toBe('IGNORED');
});

it.each(['unknown', 'un%20known', '%00'])('answers the unknown integration %s by 404', async (id) => {
  const answer = await post(hub, `/webhooks/${id}`, orderEvent({ id: 'x' }));

  expect(answer).toMatchObject({ status: 404, body: { success: false, code: 'UNKNOWN_INTEGRATION' } });
});

it('reaches one integration by its id, by its own signature, in the envelope of G24', async () => {
  const order = await linkedOrder('by-id');

  const answer = await post(hub, '/webhooks/b2b-portal', orderEvent({ id: 'by-id' }));

  expect(answer).toMatchObject({
    status: 200,
    body: {
      success: true,
      data: { status: 'PROCESSED', entityType: 'ORDER', entityId: order, externalId: 'by-id', entityStatus: 'SHIPPED' },
      timestamp: expect.any(String),
      requestId: expect.any(String),
    },
  });
});

it('B18 maps VIEWED to SENT', async () => {
  const invoice = await addInvoice(db);
  await addLink(db, invoice, 'b18', 'INVOICE', 'b2b-portal');

  const answer = await post(hub, `${PATH}/invoice`, invoiceEvent({ id: 'b18', status: 'VIEWED' }));

  expect(answer.body.data).toMatchObject({ status: 'SENT' });
});

it('B20 publishes the status change with the documented fields', async () => {
  const order = await linkedOrder('b20');

  await post(hub, PATH, orderEvent({ id: 'b20', status: 'PAYMENT_FAILED' }));

  const change = await one(
    `select integration_id, data from changes where entity_id = $1 and kind = 'order.status_changed'`,
    [order],
  );
  expect(change.integration_id).toBe('b2b-portal');
  expect(JSON.parse(change.data)).toMatchObject({
    previousStatus: 'PENDING',
    newStatus: 'ON_HOLD',
    sourceStatus: 'PAYMENT_FAILED',
    externalId: 'b20',
  });
});
