import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { orderInput } from '../features/order-client.js';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import { type Collector, type Span, startCollector } from './collector.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const ROOT = '00f067aa0ba902b7';
const PARENT = `00-${TRACE}-${ROOT}-01`;
const KEYS = { apiKey: 'key-1234567890', apiSecret: 'whsec_secret_1234567890' };

let collector: Collector;
let hub: TestHub;
let erp: SpawnedSimulator;
let books: SpawnedSimulator;
let stripe: SpawnedSimulator;

beforeAll(async () => {
  collector = await startCollector();
  const spawn = (name: string) => spawnSimulator(name, KEYS);
  [erp, books, stripe] = await Promise.all([spawn('escooter'), spawn('flasherp'), spawn('stripe')]);
  hub = await startTestHub({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      ...{
        ESCOOTER_ERP_BASE_URL: erp.url,
        ESCOOTER_ERP_API_KEY: KEYS.apiKey,
        ESCOOTER_ERP_HMAC_SECRET: KEYS.apiSecret,
      },
      ...{ FLASHERP_BASE_URL: books.url, FLASHERP_API_KEY: KEYS.apiKey, FLASHERP_API_SECRET: KEYS.apiSecret },
      ...{
        FLASHERP_WEBHOOK_SECRET: KEYS.apiSecret,
        STRIPE_WEBHOOK_SECRET: KEYS.apiSecret,
        STRIPE_MERCHANT_ID: MERCHANT,
      },
    },
  });
  await erp.control.configure({ webhookUrl: `${hub.url}/rest/V1/erpconnector/webhook` });
  await books.control.configure({ webhookUrl: `${hub.url}/api/webhooks/flasherp` });
  await stripe.control.configure({ webhookUrl: `${hub.url}/webhooks/stripe` });
});
afterAll(async () => {
  await hub.stop();
  for (const one of [erp, books, stripe]) await one.stop();
  collector.stop();
});

/** A mutation over the WebSocket that goes on with the client's own trace. */
async function onSocket<T>(query: string, input: object): Promise<T> {
  const socket = hub.admin.socket();
  const answers = socket.iterate({ query, variables: { input }, extensions: { traceparent: PARENT } });
  const { value } = await answers.next();
  await answers.return?.();
  await socket.dispose();
  return value.data as T;
}

const CREATE = 'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { order { id } } }';
const INVOICE = 'mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } } }';
const LINKS = 'query ($id: ID!) { order(id: $id) { links { externalId integration { id } } } }';

interface Linked {
  order: { links: { externalId: string | null; integration: { id: string } }[] };
}

/** The order's id in a system, once it is known. */
async function idAt(integrationId: string, orderId: string): Promise<string> {
  const found = ({ order }: Linked) => order.links.find(({ integration }) => integration.id === integrationId);
  const ask = () => hub.admin.ask<Linked>(LINKS, { id: orderId });
  return found(await eventually(ask, (answer) => typeof found(answer)?.externalId === 'string'))?.externalId ?? '';
}

/** A payment for the order by a shop that traces, and its id in the books once they have it. */
async function pay(orderId: string): Promise<string> {
  const form = new URLSearchParams({ amount: '19998', currency: 'eur', 'metadata[order_id]': orderId });
  await fetch(`${stripe.url}/v1/payment_intents`, { method: 'POST', body: form, headers: { traceparent: PARENT } });
  const [transaction] = await eventually(
    async () => (await books.control.state())['transactions'] ?? [],
    (all) => all.length > 0,
  );
  return String(transaction?.['id']);
}

/** Names of a span and of those above it, up to what the client began; addresses without their port. */
function pathOf(span: Span | undefined, all: readonly Span[]): string {
  if (!span) return 'nothing';
  const parent = all.find(({ spanId }) => spanId === span.parentSpanId);
  const above = span.parentSpanId === ROOT ? 'client' : pathOf(parent, all);
  return `${span.name.replace(/ 127.*/, ' upstream')} < ${above}`;
}

const CREATED = 'POST upstream < sync create order < WS /graphql mutation < client';
const RECORDED = 'react record-told < POST /webhooks/stripe < client';
const BOOKED = `POST upstream < sync create transaction < ${RECORDED}`;
const PATHS = [
  'POST upstream < sync create invoice < WS /graphql mutation < client',
  `react fan-out < POST /rest/V1/erpconnector/webhook < ${CREATED}`,
  `PUT upstream < sync status_change order < react fan-out < POST /rest/V1/erpconnector/webhook < ${CREATED}`,
  `POST /api/v1/b2b/webhooks/b2b/order < PUT upstream < sync status_change order < react fan-out < POST /rest/V1/erpconnector/webhook < ${CREATED}`,
  BOOKED,
  `POST /api/webhooks/flasherp < ${BOOKED}`,
];

it('G12 one trace goes from a mutation on a socket to every system, by reactions to others, and back by each webhook', async () => {
  const { createOrder } = await onSocket<{ createOrder: { order: { id: string } } }>(CREATE, orderInput());
  const { id } = createOrder.order;
  await onSocket(INVOICE, { orderId: id, number: 'INV-TRACED' });
  const portalId = await idAt('b2b-portal', id);
  await erp.control.sendWebhook({ id: await idAt('escooter', id), status: 'shipped' });
  await eventually(
    async () => (await hub.portal.control.state())['orders'],
    (orders) => orders?.[0]?.['status'] === 'SHIPPED',
  );
  await hub.portal.control.sendWebhook({ id: portalId, status: 'DELIVERED' });
  await books.control.sendWebhook({ id: await pay(id) });

  const paths = await eventually(
    async () => {
      const all = collector.spans().filter(({ traceId }) => traceId === TRACE);
      return all.map((span) => pathOf(span, all));
    },
    (some) => PATHS.every((path) => some.includes(path)),
  ).catch((error: Error) => error.message.split('","'));

  expect(paths).toEqual(expect.arrayContaining(PATHS));
});
