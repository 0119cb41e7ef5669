import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signFlashErp } from '../../src/connectors/flasherp/client.js';
import { PORTAL_SECRET, startTestHub, type TestHub } from '../harness/hub.js';
import { addInvoice, addOrder } from '../inbox/fixtures.js';

const SECRET = 'a-secret-of-every-other-system';
const NOWHERE = 'http://127.0.0.1:9';

let hub: TestHub;
let urls: string[];
let stopAnother: () => Promise<void>;
beforeAll(async () => {
  hub = await startTestHub({
    env: {
      B2B_PORTAL_MERCHANT_ID: 'shop',
      ...{ ESCOOTER_ERP_BASE_URL: NOWHERE, ESCOOTER_ERP_API_KEY: 'key', ESCOOTER_ERP_HMAC_SECRET: SECRET },
      ...{ FLASHERP_BASE_URL: NOWHERE, FLASHERP_API_KEY: 'key', FLASHERP_API_SECRET: SECRET },
      ...{ FLASHERP_WEBHOOK_SECRET: SECRET, STRIPE_WEBHOOK_SECRET: SECRET },
    },
  });
  const another = await hub.startAnother();
  urls = [hub.url, another.url];
  stopAnother = another.stop;
});
afterAll(async () => {
  await stopAnother?.();
  await hub?.stop();
});

interface Signed {
  body: string;
  headers: Record<string, string>;
}

const hmac = (text: string, secret = SECRET) => createHmac('sha256', secret).update(text);
const seconds = () => String(Math.floor(Date.now() / 1000));

function portalEvent(noun: 'order' | 'invoice', data: object): Signed {
  const body = JSON.stringify({
    ...{ event: `${noun}.status.updated`, id: randomUUID(), timestamp: new Date().toISOString(), entity_type: noun },
    data: { id: randomUUID(), ...data },
  });
  return { body, headers: { 'x-b2b-signature': hmac(body, PORTAL_SECRET).digest('hex') } };
}

const portalOrder = (number: string) => portalEvent('order', { order_number: number, status: 'SHIPPED' });
const portalInvoice = (number: string) => portalEvent('invoice', { invoice_number: number, status: 'PAID' });

function gatewayEvent(number: string): Signed {
  const body = JSON.stringify({ eventType: 'order.updated', data: { orderNumber: number, status: 'shipped' } });
  const signature = `sha256=${hmac(body, PORTAL_SECRET).digest('hex')}`;
  const stamps = { 'x-webhook-timestamp': new Date().toISOString(), 'x-webhook-id': randomUUID() };
  return { body, headers: { 'x-webhook-signature': signature, ...stamps } };
}

function escooterEvent(number: string): Signed {
  const body = JSON.stringify({ orderIncrementId: number, erpReference: `ERP-${number}`, status: 'shipped' });
  return { body, headers: { 'x-signature': hmac(body).digest('base64') } };
}

function flashErpEvent(number: string): Signed {
  const data = { id: randomUUID(), number, status: 'paid' };
  const body = JSON.stringify({ id: randomUUID(), type: 'invoice.paid', created_at: new Date().toISOString(), data });
  const at = seconds();
  return { body, headers: { 'x-flasherp-timestamp': at, 'x-flasherp-signature': signFlashErp(SECRET, at, body) } };
}

function stripeEvent(number: string): Signed {
  const metadata = { order_number: number };
  const object = { id: `pi_${randomUUID()}`, object: 'payment_intent', amount: 1000, currency: 'eur', metadata };
  const event = { id: `evt_${randomUUID()}`, type: 'payment_intent.succeeded', created: Number(seconds()) };
  const body = JSON.stringify({ ...event, data: { object } });
  const at = seconds();
  return { body, headers: { 'stripe-signature': `t=${at},v1=${hmac(`${at}.${body}`).digest('hex')}` } };
}

/** To each hub in turn. */
async function post(path: string, { body, headers }: Signed, place: number) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
  const response = await fetch(urls[place % urls.length] + path, init);
  return { status: response.status, requestId: response.headers.get('x-request-id'), text: await response.text() };
}

const PORTAL = '/api/v1/b2b/webhooks/b2b';

interface Address {
  path: string;
  make: (number: string) => Signed;
  noun?: 'invoice';
  enveloped?: boolean;
}

describe.each<Address>([
  { path: PORTAL, make: portalOrder },
  { path: `${PORTAL}/order`, make: portalOrder },
  { path: `${PORTAL}/invoice`, make: portalInvoice, noun: 'invoice' },
  { path: '/rest/V1/erpconnector/webhook', make: escooterEvent },
  { path: '/webhooks/b2b-portal', make: gatewayEvent, enveloped: true },
  { path: '/api/webhooks/flasherp', make: flashErpEvent, noun: 'invoice', enveloped: true },
  { path: '/webhooks/stripe', make: stripeEvent, enveloped: true },
])('a repetition at $path', ({ path, make, noun, enveloped }) => {
  it('B12 has the first answer’s body, byte for byte, also where all come at once to two hubs', async () => {
    const number = noun === 'invoice' ? `I-${await addInvoice(hub.db)}` : `N-${await addOrder(hub.db)}`;
    const event = make(number);

    const atOnce = await Promise.all(Array.from({ length: 8 }, (_, place) => post(path, event, place)));
    const later = await post(path, event, 1);

    const all = [...atOnce, later];
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 200));
    expect(new Set(all.map(({ text }) => text))).toEqual(new Set([later.text]));
    expect(new Set(all.map(({ requestId }) => requestId)).size).toBe(all.length);
    const { requestId } = JSON.parse(later.text) as { requestId?: string };
    expect(atOnce.map((answer) => answer.requestId).includes(requestId ?? '')).toBe(enveloped === true);
  });

  it('B12 is answered 200 with the body of the 202 that its first was kept by', async () => {
    const event = make(`unknown-${randomUUID()}`);

    const first = await post(path, event, 0);
    const again = await post(path, event, 1);

    expect([first.status, again.status]).toEqual([202, 200]);
    expect(again.text).toBe(first.text);
    expect(again.requestId).not.toBe(first.requestId);
  });
});

it('B12 an event that was kept before its request was recorded is answered with the present one', async () => {
  const event = stripeEvent(`unknown-${randomUUID()}`);
  const first = JSON.parse((await post('/webhooks/stripe', event, 0)).text) as { data: { webhookEventId: string } };
  const { webhookEventId } = first.data;
  await hub.db.pool.query(`update webhook_events set answer = answer - 'requestId' - 'answeredAt' where id = $1`, [
    webhookEventId,
  ]);

  const again = await post('/webhooks/stripe', event, 0);

  expect(JSON.parse(again.text)).toMatchObject({ data: first.data, requestId: again.requestId });
});
