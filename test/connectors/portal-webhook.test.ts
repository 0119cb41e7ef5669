import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { b2bPortal } from '../../src/connectors/b2b-portal/index.js';
import {
  INVOICE_STATUS_FROM_PORTAL,
  ORDER_STATUS_FROM_PORTAL,
  ORDER_STATUS_TO_PORTAL,
} from '../../src/connectors/b2b-portal/mapping.js';
import { PortalCredentials, PortalSettings } from '../../src/connectors/b2b-portal/settings.js';
import { portalWebhooks } from '../../src/connectors/b2b-portal/webhook.js';
import { HubError } from '../../src/errors.js';
import { InvoiceStatus, OrderStatus } from '../../src/model/statuses.js';

const secret = 'portal-secret-77b1';
const credentials = PortalCredentials.parse({ apiKey: 'k', apiSecret: secret });
const settings = portalSettings();

function portalSettings(more: Record<string, unknown> = {}) {
  return PortalSettings.parse({ baseUrl: 'https://portal.example.com/api/v1/', merchantId: 'm', ...more });
}

const orderEvent = {
  event: 'order.status.updated',
  id: 'evt_123456789',
  timestamp: '2026-02-15T10:30:00Z',
  entity_type: 'order',
  data: {
    id: 'b2b_order_123',
    order_number: 'PO-12345',
    status: 'SHIPPED',
    previous_status: 'PROCESSING',
    erp_order_id: 'erp_order_456',
    customer_ref_id: 'cust_789',
    tracking_numbers: ['TRK123456'],
  },
};

/** The document's invoice event, as text: its amount must not pass through a float. */
const invoiceEvent = (amount = '1500.00') => `{"event":"invoice.status.updated","id":"evt_987654321",
  "timestamp":"2026-02-15T10:30:00Z","entity_type":"invoice","data":{"id":"b2b_invoice_123",
  "invoice_number":"INV-2026-001","order_id":"b2b_order_123","status":"PAID","previous_status":"SENT",
  "erp_invoice_id":"erp_invoice_456","paid_date":"2026-02-15T12:30:00.123456+02:00","paid_amount":${amount}}}`;

const parse = (body: unknown, by = settings) =>
  portalWebhooks.parse(
    { headers: {}, rawBody: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) },
    by,
  );

function verify(body: string, signature: string | undefined, by = credentials) {
  const request = { headers: { 'x-b2b-signature': signature }, rawBody: Buffer.from(body), now: new Date() };
  return () => portalWebhooks.verify(request, by);
}
const sign = (body: string, key = secret) => createHmac('sha256', key).update(body).digest('hex');

function thrownBy(work: () => unknown): Pick<HubError, 'code' | 'inputPath' | 'message'> {
  try {
    work();
  } catch (error) {
    if (error instanceof HubError) return { code: error.code, inputPath: error.inputPath, message: error.message };
    throw error;
  }
  throw new Error('It threw nothing.');
}

describe('signature', () => {
  const body = '{"amount":10.10}';

  it.each([sign(body), `sha256=${sign(body)}`, `SHA256=${sign(body).toUpperCase()}`])(
    'B7 accepts the HMAC of the bytes as received: %s',
    (signature) => {
      expect(verify(body, signature)).not.toThrow();
    },
  );

  it.each([
    ['a re-serialised body', JSON.stringify(JSON.parse(body)), sign(body)],
    ['another key', body, sign(body, 'other')],
    ['no signature', body, undefined],
    ['an empty signature', body, ''],
    ['a bare prefix', body, 'sha256='],
    ['a short one', body, sign(body).slice(0, 62)],
    ['a long one', body, `${sign(body)}00`],
    ['no hex', body, 'z'.repeat(64)],
    ['zeros', body, '0'.repeat(64)],
  ])('B7 refuses %s', (_case, text, signature) => {
    expect(thrownBy(verify(text, signature)).code).toBe('SIGNATURE_INVALID');
  });

  it('B7 asks for no signature while no secret is configured', () => {
    expect(verify(body, undefined, PortalCredentials.parse({ apiKey: 'k' }))).not.toThrow();
  });
});

describe('events', () => {
  it('B3 reads the documented order event', () => {
    expect(parse(orderEvent)).toEqual({
      eventId: 'evt_123456789',
      eventType: 'order.status.updated',
      entityType: 'ORDER',
      reference: { externalId: 'b2b_order_123', entityId: 'erp_order_456', number: 'PO-12345' },
      occurredAt: '2026-02-15T10:30:00.000Z',
      sourceStatus: 'SHIPPED',
      status: 'SHIPPED',
      trackingNumbers: ['TRK123456'],
      payload: orderEvent,
    });
  });

  it.each(['1500.00', '9007199254740993.10', '0.1', '15e2'])('B4 reads the paid amount %s to the digit', (amount) => {
    const event = parse(invoiceEvent(amount));

    expect(event).toMatchObject({
      entityType: 'INVOICE',
      reference: { externalId: 'b2b_invoice_123', entityId: 'erp_invoice_456', number: 'INV-2026-001' },
      status: 'PAID',
      paidAt: '2026-02-15T10:30:00.123456Z',
      paidAmount: amount === '15e2' ? '1500' : amount,
    });
  });

  it('B5 routes a generic event by its name where it has no entity_type', () => {
    const { entity_type: _, ...generic } = orderEvent;

    expect(parse({ ...generic, event: 'order.note.added', data: { id: 'b2b_order_123' } })).toMatchObject({
      entityType: 'ORDER',
      sourceStatus: null,
      status: null,
    });
  });

  it.each([
    ['data.id', { data: { ...orderEvent.data, id: undefined } }],
    ['data.id', { data: { ...orderEvent.data, id: '' } }],
    ['data.status', { data: { ...orderEvent.data, status: undefined } }],
    ['data.status', { data: { ...orderEvent.data, status: 7 } }],
    ['data.tracking_numbers.0', { data: { ...orderEvent.data, tracking_numbers: [1] } }],
    ['data.paid_amount', { data: { ...orderEvent.data, paid_amount: 'much' } }],
    ['data.paid_amount', { data: { ...orderEvent.data, paid_amount: -1 } }],
    ['data.paid_amount', { data: { ...orderEvent.data, paid_amount: '1e999999999' } }],
    ['data.paid_amount', { data: { ...orderEvent.data, paid_amount: '1e99999999999999999999' } }],
    ['data', { data: null }],
    ['id', { id: undefined }],
    ['event', { event: 1 }],
    ['timestamp', { timestamp: '2026-02-15 10:30' }],
    ['timestamp', { timestamp: '2026-02-30T10:30:00Z' }],
    ['entity_type', { entity_type: 'customer' }],
    ['entity_type', { entity_type: null, event: 'customer.updated' }],
  ])('names the field %s of a wrong shape', (path, change) => {
    const thrown = thrownBy(() => parse({ ...orderEvent, ...change }));

    expect(thrown).toMatchObject({ code: 'INVALID_SHAPE', inputPath: path.split('.') });
    expect(thrown.message).toContain(path.split('.').at(0));
  });

  it.each(['', 'no json', '{"a":', '[1,]', '{"a":NaN}'])('answers %j as INVALID_JSON', (body) => {
    expect(thrownBy(() => parse(body)).code).toBe('INVALID_JSON');
  });

  it('answers bytes that are no UTF-8 as INVALID_JSON', () => {
    const rawBody = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]);

    expect(thrownBy(() => portalWebhooks.parse({ headers: {}, rawBody }, settings)).code).toBe('INVALID_JSON');
  });

  it.each([
    ['U+0000', JSON.stringify({ ...orderEvent, note: 'a\0b' })],
    ['U+0000 in a key', JSON.stringify({ ...orderEvent, 'a\0b': 1 })],
    ['half a surrogate pair', JSON.stringify({ ...orderEvent, note: '\ud800' })],
    ['100,000 levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['200 levels', `${'['.repeat(200)}${']'.repeat(200)}`],
  ])('refuses what cannot be kept: %s', (_case, body) => {
    expect(['INVALID_SHAPE', 'INVALID_JSON']).toContain(thrownBy(() => parse(body)).code);
  });
});

describe('statuses', () => {
  it('B17 maps the eleven order statuses, the two lossy ones included', () => {
    const lossy = { PAYMENT_FAILED: 'ON_HOLD', PAYMENT_PENDING: 'PENDING' };

    const mapped = Object.keys(ORDER_STATUS_FROM_PORTAL).map((status) => [
      status,
      parse({ ...orderEvent, data: { id: 'x', status } }).status,
    ]);

    expect(mapped).toHaveLength(11);
    expect(mapped).toEqual(mapped.map(([status]) => [status, { ...lossy }[`${status}`] ?? status]));
  });

  it('B18 maps the ten invoice statuses, VIEWED to SENT', () => {
    const mapped = Object.keys(INVOICE_STATUS_FROM_PORTAL).map((status) => [
      status,
      parse({ ...orderEvent, entity_type: 'invoice', data: { id: 'x', status } }).status,
    ]);

    expect(mapped).toHaveLength(10);
    expect(mapped).toEqual(mapped.map(([status]) => [status, status === 'VIEWED' ? 'SENT' : status]));
  });

  it.each(['UNHEARD_OF', 'shipped', 'constructor', '__proto__'])(
    'B19 leaves %s unmapped and keeps its name',
    (status) => {
      expect(parse({ ...orderEvent, data: { id: 'x', status } })).toMatchObject({ sourceStatus: status, status: null });
    },
  );

  it('B19 lets custom mappings go before the standard ones', () => {
    const custom = portalSettings({ statusMappings: { orders: { AWAITING_STOCK: 'ON_HOLD', SHIPPED: 'PACKED' } } });

    const statuses = ['AWAITING_STOCK', 'SHIPPED', 'DELIVERED'].map(
      (status) => parse({ ...orderEvent, data: { id: 'x', status } }, custom).status,
    );

    expect(statuses).toEqual(['ON_HOLD', 'PACKED', 'DELIVERED']);
  });

  it('B1 B2 has a portal status for every status of the hub', () => {
    expect(Object.keys(ORDER_STATUS_TO_PORTAL).toSorted()).toEqual(Object.keys(OrderStatus).toSorted());
    expect(Object.keys(INVOICE_STATUS_FROM_PORTAL)).toEqual(expect.arrayContaining(Object.keys(InvoiceStatus)));
  });
});

describe('settings', () => {
  it('B8 B22 B27 has the documented defaults', () => {
    expect(settings).toMatchObject({ baseUrl: 'https://portal.example.com/api/v1', timeout: 30_000, maxRetries: 3 });
    expect(b2bPortal.policy(settings)).toEqual({
      concurrency: 8,
      ratePerSecond: 10,
      maxAttempts: 4,
      backoffBaseMs: 1000,
      backoffFactor: 2,
      timeoutMs: 30_000,
      circuitFailures: 5,
      circuitOpenMs: 60_000,
    });
  });

  it.each(['ftp://x.example', 'x.example', 'https://u:p@x.example', 'https://x.example/?a=1', ''])(
    'B8 refuses the base URL %j',
    (baseUrl) => {
      expect(PortalSettings.safeParse({ baseUrl, merchantId: 'm' }).success).toBe(false);
    },
  );

  it('B19 refuses a custom mapping to a status that the hub does not have', () => {
    const statusMappings = { orders: { X: 'LOST' } };

    expect(PortalSettings.safeParse({ baseUrl: 'https://x.example', merchantId: 'm', statusMappings }).success).toBe(
      false,
    );
  });
});
