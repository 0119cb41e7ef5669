import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { MERCHANT } from '../harness/hub.js';
import { type FlashErpHub, startFlashErpHub } from './flasherp-hub.js';
import { createOrder, idOf, moveOrder, orderInput } from './order-client.js';

const SECRET = 'whsec_test_1234567890abcdef';
let hub: FlashErpHub;
let stripe: SpawnedSimulator;

beforeAll(async () => {
  stripe = await spawnSimulator('stripe', { apiKey: 'sk_test_1', apiSecret: SECRET });
  hub = await startFlashErpHub({ STRIPE_WEBHOOK_SECRET: SECRET, STRIPE_MERCHANT_ID: MERCHANT });
  await stripe.control.configure({ webhookUrl: `${hub.url}/webhooks/stripe` });
});
afterAll(async () => {
  await hub.stop();
  await stripe.stop();
});

/** One call of Stripe's API by the shop. */
async function shop(method: string, path: string, form: Record<string, string> = {}): Promise<{ id: string }> {
  const body = method === 'POST' ? { body: new URLSearchParams(form) } : {};
  return (await (await fetch(stripe.url + path, { method, ...body })).json()) as { id: string };
}

const pay = (form: Record<string, string>) => shop('POST', '/v1/payment_intents', { currency: 'eur', ...form });

/** What FlashERP has of it, once it is as expected. */
const inErp = (collection: string, reference: string, isRight: (one: Record<string, unknown>) => boolean) =>
  eventually(
    async () => {
      const all = (await hub.erp.control.state())[collection] as Record<string, unknown>[];
      return all.filter((one) => one['reference'] === reference);
    },
    ([one]) => one !== undefined && isRight(one),
  );

const anything = () => true;
const WAITING = '{ waiting: syncEvents(filter: { integrationId: "flasherp", status: [RETRYING] }) { totalCount } }';

interface Told {
  status: string;
  errorCode: string | null;
  eventType: string;
}

const TOLD = `query ($type: String!) { webhookEvents(filter: { eventType: $type }, first: 100) { nodes {
  status errorCode eventType externalId } } }`;

async function toldOf(type: string, externalId: string): Promise<Told[]> {
  const answer = await hub.admin.ask<{ webhookEvents: { nodes: (Told & { externalId: string })[] } }>(TOLD, { type });
  return answer.webhookEvents.nodes.filter((one) => one.externalId === externalId);
}

it('F17 F1 a payment is recorded exactly and reaches FlashERP; the same event again makes no second one', async () => {
  const customer = { reference: 'shopper-1', name: 'Ayşe', email: 'ayse@example.com' };
  const input = orderInput({ customer });
  const orderId = await idOf(createOrder(hub.admin, input));

  const { id } = await pay({ amount: '19998', 'metadata[order_id]': orderId });
  const [sent] = await inErp('transactions', id, anything);
  const answers = await stripe.control.sendWebhook({ id, eventId: 'evt_twice', times: 3 });

  expect(sent).toMatchObject({ amount: 199.98, currency: 'EUR', status: 'SUCCEEDED', order_number: input.number });
  expect(sent?.['customer_id']).toEqual(expect.any(String));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await inErp('transactions', id, anything)).toHaveLength(1);
});

it('F17 answers at once while FlashERP is down, and the sync waits and is delivered when it is back', async () => {
  await hub.erp.control.addFault({ kind: 'status', status: 503, count: null });
  const orderId = await idOf(createOrder(hub.admin, orderInput()));

  const { id } = await pay({ amount: '700', 'metadata[order_id]': orderId });
  const { order } = await eventually(
    () =>
      hub.admin.ask<{ order: { status: string } }>('query ($id: ID!) { order(id: $id) { status } }', { id: orderId }),
    ({ order: { status } }) => status === 'PAID',
  );
  await eventually(
    () => hub.admin.ask<{ waiting: { totalCount: number } }>(WAITING),
    ({ waiting }) => waiting.totalCount > 0,
  );
  const meanwhile = (await hub.erp.control.state())['transactions'] as Record<string, unknown>[];
  await hub.erp.control.clearFaults();
  const [sent] = await inErp('transactions', id, anything);

  expect(order.status).toBe('PAID');
  expect(meanwhile.some(({ reference }) => reference === id)).toBe(false);
  expect(sent).toMatchObject({ amount: 7 });
});

it('F17 counts the smallest unit as the currency does', async () => {
  const yen = await pay({ amount: '1999', currency: 'jpy' });
  const dinars = await pay({ amount: '1999', currency: 'kwd' });

  const [inYen] = await inErp('transactions', yen.id, anything);
  const [inDinars] = await inErp('transactions', dinars.id, anything);

  expect(inYen).toMatchObject({ amount: 1999, currency: 'JPY' });
  expect(inDinars).toMatchObject({ amount: 1.999, currency: 'KWD' });
});

it('E8 F17 a payment that is told late is recorded, although the order stays as it is; so are its refunds', async () => {
  const orderId = await idOf(createOrder(hub.admin, orderInput()));
  await idOf(moveOrder(hub.admin, { id: orderId, status: 'SHIPPED' }));

  const { id } = await pay({ amount: '500', 'metadata[order_id]': orderId });
  await inErp('transactions', id, anything);
  await shop('POST', '/v1/refunds', { payment_intent: id, amount: '200' });
  const [part] = await inErp('transactions', id, (one) => one['status'] === 'PARTIALLY_REFUNDED');
  await shop('POST', '/v1/refunds', { payment_intent: id });
  const [all] = await inErp('transactions', id, (one) => one['status'] === 'REFUNDED');

  expect(await toldOf('payment_intent.succeeded', id)).toMatchObject([{ status: 'IGNORED', errorCode: 'OUT_OF_DATE' }]);
  expect(part).toMatchObject({ amount: 5 });
  expect(all).toMatchObject({ amount: 5 });
});

it('F17 F1 a subscription starts its sync, and ends it with its cancellation', async () => {
  const price = 'items[0][price_data]';
  const form = {
    [`${price}[currency]`]: 'eur',
    [`${price}[unit_amount]`]: '990',
    [`${price}[product]`]: 'pro',
    [`${price}[recurring][interval]`]: 'year',
    'items[0][quantity]': '3',
  };

  const { id } = await shop('POST', '/v1/subscriptions', form);
  const [made] = await inErp('subscriptions', id, anything);
  const told = await eventually(
    () => toldOf('customer.subscription.created', id),
    ([first]) => first?.status === 'PROCESSED',
  );
  await shop('DELETE', `/v1/subscriptions/${id}`);
  const [ended] = await inErp('subscriptions', id, (one) => /^cancel/i.test(String(one['status'])));

  expect(made).toMatchObject({ plan: 'pro', amount: 29.7, currency: 'EUR', interval: 'year', status: 'ACTIVE' });
  expect(ended?.['canceled_at']).toEqual(expect.any(String));
  expect(told).toHaveLength(1);
});

it('F17 F1 a changed subscription is sent as it is now; a change that is told twice or late has no further effect', async () => {
  const price = 'items[0][price_data]';
  const form = { [`${price}[currency]`]: 'eur', [`${price}[unit_amount]`]: '990', [`${price}[product]`]: 'team' };
  const { id } = await shop('POST', '/v1/subscriptions', form);
  await inErp('subscriptions', id, anything);
  const hourAgo = new Date(Date.now() - 200_000).toISOString();

  await shop('POST', `/v1/subscriptions/${id}`, { 'items[0][quantity]': '5', cancel_at_period_end: 'true' });
  const [changed] = await inErp('subscriptions', id, ({ amount }) => amount === 49.5);
  const late = { id, timestamp: hourAgo, data: { status: 'past_due' } };
  const answers = [
    ...(await stripe.control.sendWebhook({ id, eventId: 'evt_changed', times: 2 })),
    ...(await stripe.control.sendWebhook({ ...late, eventId: 'evt_late' })),
  ];
  await stripe.control.sendWebhook({
    id,
    eventId: 'evt_due',
    data: { status: 'past_due', cancel_at_period_end: false },
  });
  const [due] = await inErp('subscriptions', id, ({ status }) => status === 'PAST_DUE');

  expect(changed).toMatchObject({ plan: 'team', status: 'ACTIVE', amount: 49.5 });
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(due).toMatchObject({ amount: 49.5 });
  const { billingSubscriptions } = await hub.admin.ask<{ billingSubscriptions: { nodes: { reference: string }[] } }>(
    '{ billingSubscriptions(first: 100) { nodes { reference status amount cancelAtPeriodEnd } } }',
  );
  expect(billingSubscriptions.nodes.filter(({ reference }) => reference === id)).toEqual([
    { reference: id, status: 'PAST_DUE', amount: '49.50', cancelAtPeriodEnd: false },
  ]);
});

it('F17 keeps an event that nothing is made of as IGNORED', async () => {
  const { id } = await pay({ amount: '100' });

  const [answer] = await stripe.control.sendWebhook({ id, status: 'payment_intent.created' });

  expect(answer?.status).toBe(200);
  expect(await toldOf('payment_intent.created', id)).toMatchObject([{ status: 'IGNORED' }]);
});

it('F17 answers what is wrong by the table of webhooks, naming the field', async () => {
  const { id } = await pay({ amount: '100' });
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

  const wrong = [
    await stripe.control.sendWebhook({ id, signature: 'bad' }),
    await stripe.control.sendWebhook({ id, signature: 'missing' }),
    await stripe.control.sendWebhook({ id, timestamp: ago(400_000) }),
    await stripe.control.sendWebhook({ id, timestamp: ago(-400_000) }),
    await stripe.control.sendWebhook({ id, rawBody: '{"id":' }),
    await stripe.control.sendWebhook({ id, data: { currency: 'zzz' } }),
    await stripe.control.sendWebhook({ id, data: { amount: -1 } }),
    await stripe.control.sendWebhook({ id, data: { amount: 1e300 } }),
    await stripe.control.sendWebhook({ id, status: 'customer.subscription.created', data: { status: 'active' } }),
    await stripe.control.sendWebhook({ id, data: { metadata: { order_id: 'ord_unknown' } } }),
  ].flat();

  expect(wrong.map(({ status }) => status)).toEqual([401, 401, 401, 401, 400, 400, 400, 400, 400, 202]);
  expect(wrong[5]?.answer).toContain('data.object.currency');
});
