import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, moveOrder, mutate, orderInput } from './order-client.js';

const SECRET = 'whsec_test_1234567890abcdef';
let hub: TestHub;
let stripe: SpawnedSimulator;

beforeAll(async () => {
  stripe = await spawnSimulator('stripe', { apiKey: 'sk_test_1', apiSecret: SECRET });
  hub = await startTestHub({ env: { STRIPE_WEBHOOK_SECRET: SECRET } });
  await stripe.control.configure({ webhookUrl: `${hub.url}/webhooks/stripe` });
});
afterAll(async () => {
  await hub.stop();
  await stripe.stop();
});

/** One call of Stripe's API by the shop; the hub is told by a signed webhook. */
async function shop(path: string, form: Record<string, string>): Promise<string> {
  const answer = await fetch(stripe.url + path, { method: 'POST', body: new URLSearchParams(form) });
  return ((await answer.json()) as { id: string }).id;
}

const pay = (orderId: string, amount: string, currency = 'eur') =>
  shop('/v1/payment_intents', { amount, currency, 'metadata[order_id]': orderId });

interface Shown {
  message: string;
  advice: string;
  link: string;
  closedAt: string | null;
  order: { id: string; number: string; status: string } | null;
}

const ALERTS = '{ alerts { kind message advice link closedAt order { id number status } } }';

/** The newest alert about the money of an order, once it is as wanted. */
async function alertOf(id: string, isWanted: (one: Shown) => boolean): Promise<Shown> {
  const [one] = await eventually(
    async () => {
      const { alerts } = await hub.admin.ask<{ alerts: (Shown & { kind: string })[] }>(ALERTS);
      return alerts.filter(({ kind, order }) => kind === 'PAYMENT_DIFFERS' && order?.id === id);
    },
    ([newest]) => newest !== undefined && isWanted(newest),
  );
  return one as Shown;
}

const isOpen = ({ closedAt }: Shown) => closedAt === null;
const isClosed = ({ closedAt }: Shown) => closedAt !== null;
const says = (text: string) => (one: Shown) => isOpen(one) && one.message.includes(text);

const TIMELINE = 'query ($id: ID) { order(id: $id) { timeline(first: 100) { nodes { title details } } } }';

async function timelineOf(id: string) {
  const answer = await hub.admin.ask<{
    order: { timeline: { nodes: { title: string; details: Record<string, unknown> }[] } };
  }>(TIMELINE, { id });
  return answer.order.timeline.nodes.filter(({ title }) => title.startsWith('order.payment_'));
}

it('E8 G13 a payment that is not the total makes the order paid, and says so until the rest is paid', async () => {
  const input = orderInput();
  const id = await idOf(createOrder(hub.admin, input));

  await pay(id, '100');
  const open = await alertOf(id, isOpen);
  const shown = await hub.admin.graphql(new URL(open.link, hub.url).searchParams.get('query') ?? '');
  await hub.admin.ask('mutation { runJob(name: "evaluate-alerts") { userErrors { code } } }');
  await pay(id, '5000');
  await alertOf(id, says('come to 51.00 EUR; its total is 199.98 EUR, of which 148.98 EUR is missing'));
  await pay(id, '14898');
  await alertOf(id, isClosed);

  expect(open.order).toEqual({ id, number: input.number, status: 'PAID' });
  expect(open.message).toContain(
    `order ${input.number} counts as paid. Its payments come to 1.00 EUR; its total is 199.98 EUR, of which 198.98 EUR is missing.`,
  );
  expect(shown.errors ?? []).toEqual([]);
  expect(shown.data).toMatchObject({
    order: { totals: { grandTotal: '199.98' } },
    transactions: { nodes: [{ amount: '1.00' }] },
  });
  expect(await timelineOf(id)).toMatchObject([
    { title: 'order.payment_differs by hub', details: { difference: '-198.98', total: '199.98' } },
    { title: 'order.payment_differs by hub', details: { difference: '-148.98' } },
    { title: 'order.payment_settled by hub', details: { difference: '0.00' } },
  ]);
});

it('E8 G13 what is too much is told until it is given back; what is given back of an order that is paid is no difference', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));

  const payment = await pay(id, '20998');
  await alertOf(id, says('so that 10.00 EUR is too much'));
  await shop('/v1/refunds', { payment_intent: payment, amount: '1000' });
  await alertOf(id, isClosed);
  const { transactions } = await hub.admin.ask<{ transactions: { nodes: object[] } }>(
    `{ transactions(filter: { orderId: "${id}" }) { nodes { reference amount refunded status } } }`,
  );
  await shop('/v1/refunds', { payment_intent: payment });
  const { status } = (await alertOf(id, ({ order }) => order?.status === 'REFUNDED')).order ?? {};

  expect(transactions.nodes).toEqual([
    { reference: payment, amount: '209.98', refunded: '10.00', status: 'PARTIALLY_REFUNDED' },
  ]);
  expect(status).toBe('REFUNDED');
});

it('E8 G13 another currency is no payment of the total; a cancelled order rings no more', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));

  await pay(id, '19998', 'usd');
  await alertOf(id, says('come to 199.98 USD; its total is 199.98 EUR, of which 199.98 EUR is missing'));
  await idOf(moveOrder(hub.admin, { id, status: 'CANCELLED' }));

  expect(await alertOf(id, isClosed)).toMatchObject({ order: { status: 'CANCELLED' } });
});

it('E8 G13 counts in the units of the currency, and what is recorded by hand and corrected', async () => {
  const yen = { currency: 'JPY', lines: [{ sku: 'MUG', quantity: 2, unitPrice: '9999' }] };
  const [id, paid] = [
    await idOf(createOrder(hub.admin, orderInput(yen))),
    await idOf(createOrder(hub.admin, orderInput(yen))),
  ];

  const payment = await pay(paid, '19998', 'jpy');
  await shop('/v1/refunds', { payment_intent: payment, amount: '5000' });
  await pay(id, '9998', 'jpy');
  await alertOf(id, says('10000 JPY is missing'));
  const rest = { reference: `bank-${id}`, amount: '10000', currency: 'JPY', orderId: id };
  await idOf(mutate(hub.admin, 'createTransaction', 'CreateTransactionInput', 'transaction', rest));
  await alertOf(id, isClosed);

  expect(await timelineOf(paid)).toEqual([]);
});
