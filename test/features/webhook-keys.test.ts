import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MERCHANT, PORTAL_SECRET, startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, orderInput } from './order-client.js';

const OWN_KEY = 'the-key-of-the-shop';

let hub: TestHub;
/** Takes webhooks with a key, without a signature. */
let keyed: string;
const keys: Record<'operator' | 'viewer' | 'stranger' | 'unknown', string> = {
  operator: '',
  viewer: '',
  stranger: '',
  unknown: '',
};
beforeAll(async () => {
  hub = await startTestHub();
  const { createMerchant } = await hub.admin.ask<{ createMerchant: { userErrors: object[] } }>(
    'mutation { createMerchant(input: { id: "another-shop", name: "Another" }) { userErrors { message } } }',
  );
  expect(createMerchant.userErrors).toEqual([]);
  keys.operator = await createKey('operator', MERCHANT);
  keys.viewer = await createKey('viewer', MERCHANT);
  keys.stranger = await createKey('operator', 'another-shop');
  keys.unknown = `${keys.operator.slice(0, -3)}AAA`;
  keyed = await registerWithoutSecret();
});
afterAll(() => hub.stop());

async function createKey(role: string, merchantId: string): Promise<string> {
  const { createApiKey } = await hub.admin.ask<{ createApiKey: { text: string } }>(
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { text } }',
    { input: { name: `${role} of ${merchantId}`, role, merchantId } },
  );
  return createApiKey.text;
}

async function registerWithoutSecret(): Promise<string> {
  const made = await hub.admin.rest('POST', '/api/integrations', {
    ...{ merchantId: MERCHANT, connector: 'b2b-portal', type: 'webhook', name: 'Till' },
    credentials: { apiKey: OWN_KEY },
    settings: { baseUrl: hub.portal.url, merchantId: MERCHANT },
  });
  const { id } = (made.body as { data: { id: string } }).data;
  const url = 'https://hub.example.com/webhooks/till';
  const registered = await hub.admin.rest('POST', `/api/integrations/${id}/webhook/register`, { url });
  expect(registered).toMatchObject({ status: 201, body: { data: { url, events: [], keyRequired: true } } });
  return id;
}

async function send(integrationId: string, entityId: string, status: string, headers: Record<string, string>) {
  const body = JSON.stringify({ eventType: 'order.updated', data: { entityId, status } });
  const signature = headers['x-webhook-signature'] === 'right' && {
    'x-webhook-signature': `sha256=${createHmac('sha256', PORTAL_SECRET).update(body).digest('hex')}`,
    'x-webhook-timestamp': new Date().toISOString(),
  };
  const answer = await fetch(`${hub.url}/webhooks/${integrationId}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers, ...signature },
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}

const newOrder = () => idOf(createOrder(hub.admin, orderInput()));
const statusOf = async (id: string) =>
  (await hub.admin.ask<{ order: { status: string } }>('query ($id: ID!) { order(id: $id) { status } }', { id })).order
    .status;
const refusals = async () =>
  (
    await hub.db.pool.query<{ action: string; code: string | null }>(
      `select action, details ->> 'code' as code from audit_entries where outcome = 'REFUSED' order by id`,
    )
  ).rows;

it.each([
  ['an operator’s key of the hub', () => keys.operator],
  ['the integration’s own key', () => OWN_KEY],
])('G14 G5 takes a webhook that was registered without a secret by %s', async (_, key) => {
  const order = await newOrder();

  const answer = await send(keyed, order, 'confirmed', { 'x-api-key': key() });

  expect(answer).toMatchObject({ status: 200, body: { data: { status: 'PROCESSED' } } });
  expect(await statusOf(order)).toBe('CONFIRMED');
  const { rows } = await hub.db.pool.query('select headers::text as kept from webhook_events where entity_id = $1', [
    order,
  ]);
  expect(JSON.stringify(rows)).not.toContain(key());
});

it.each<[string, Record<string, string> | (() => Record<string, string>), number, string, object]>([
  ['without a key', {}, 401, 'UNAUTHENTICATED', { action: 'webhook.refuse', code: 'UNAUTHENTICATED' }],
  [
    'with another key',
    { 'x-api-key': 'guessed' },
    401,
    'UNAUTHENTICATED',
    { action: 'webhook.refuse', code: 'UNAUTHENTICATED' },
  ],
  [
    'with an unknown key of the hub',
    () => ({ 'x-api-key': keys.unknown }),
    401,
    'UNAUTHENTICATED',
    { action: 'authentication.refuse' },
  ],
  ['with a viewer’s key', () => ({ 'x-api-key': keys.viewer }), 403, 'FORBIDDEN', {}],
  ['with another merchant’s key', () => ({ 'x-api-key': keys.stranger }), 404, 'UNKNOWN_INTEGRATION', {}],
])('G14 G17 refuses it %s, and writes that down', async (_, headers, status, code, entry) => {
  const order = await newOrder();
  const before = (await refusals()).length;

  const answer = await send(keyed, order, 'confirmed', typeof headers === 'function' ? headers() : headers);

  expect(answer).toMatchObject({ status, body: { success: false, code } });
  expect(await statusOf(order)).toBe('PENDING');
  if (status === 401) expect((await refusals()).slice(before)).toMatchObject([entry]);
});

it.each<[string, () => Record<string, string>, number]>([
  ['a signature alone', () => ({ 'x-webhook-signature': 'right' }), 200],
  ['a signature and a key', () => ({ 'x-webhook-signature': 'right', 'x-api-key': keys.operator }), 200],
  ['a key alone', () => ({ 'x-api-key': keys.operator }), 401],
  [
    'a key and a wrong signature',
    () => ({ 'x-webhook-signature': `sha256=${'0'.repeat(64)}`, 'x-api-key': keys.operator }),
    401,
  ],
  ['a signature and a key of the sender’s own', () => ({ 'x-webhook-signature': 'right', 'x-api-key': 'theirs' }), 200],
  ['a signature and an unknown key', () => ({ 'x-webhook-signature': 'right', 'x-api-key': keys.unknown }), 200],
  ['a signature and a viewer’s key', () => ({ 'x-webhook-signature': 'right', 'x-api-key': keys.viewer }), 200],
  ['a signature and another’s key', () => ({ 'x-webhook-signature': 'right', 'x-api-key': keys.stranger }), 200],
  ['a viewer’s key alone', () => ({ 'x-api-key': keys.viewer }), 401],
  ['another’s key alone', () => ({ 'x-api-key': keys.stranger }), 401],
])('G5 G14 lets the signature alone decide where a secret is set: %s', async (_, headers, status) => {
  const order = await newOrder();

  const answer = await send('b2b-portal', order, 'confirmed', headers());

  expect(answer.status).toBe(status);
  expect(await statusOf(order)).toBe(status === 200 ? 'CONFIRMED' : 'PENDING');
});
