import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createOrder, idOf, orderInput, settled, show } from '../features/order-client.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { type Collector, startCollector } from './collector.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

let collector: Collector;
let hub: TestHub;
beforeAll(async () => {
  collector = await startCollector();
  hub = await startTestHub({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
});
afterAll(async () => {
  await hub.stop();
  collector.stop();
});

/** With the caller's own trace context, which no client of the tests sends. */
async function createTraced(number: string): Promise<string> {
  const { payload } = await hub.admin.ask<{ payload: { text: string } }>(
    'mutation { payload: createApiKey(input: { name: "tracer", role: admin }) { text } }',
  );
  const headers = { 'x-api-key': payload.text, 'content-type': 'application/json', traceparent: PARENT };
  const query = 'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { order { id } } }';
  const body = JSON.stringify({ query, variables: { input: { ...orderInput(), number } } });
  const answer = await fetch(`${hub.url}/graphql`, { method: 'POST', headers, body });
  const { data } = (await answer.json()) as { data: { createOrder: { order: { id: string } } } };
  return data.createOrder.order.id;
}

it('follows one order from the mutation over the attempt to the system, and back by its webhook', async () => {
  const id = await createTraced('TRACED-1');
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');
  await hub.portal.control.sendWebhook({ id: links[0]?.externalId ?? '', status: 'SHIPPED' });

  const names = [/\/graphql$/, /^sync create order$/, /^POST 127/, /\/webhooks\//];
  const [mutation, attempt, call, webhook] = await eventually(
    async () => {
      const traced = collector.spans().filter(({ traceId }) => traceId === TRACE);
      return names.map((name) => traced.find((span) => name.test(span.name)));
    },
    (found) => found.every((span) => span !== undefined),
  );
  expect(mutation?.parentSpanId).toBe('00f067aa0ba902b7');
  expect(attempt?.parentSpanId).toBe(mutation?.spanId);
  expect(call?.parentSpanId).toBe(attempt?.spanId);
  expect(webhook?.parentSpanId).toBe(call?.spanId);
  expect(attempt?.attributes).toContainEqual({ key: 'syncline.entity', value: { stringValue: id } });
  const received = (await hub.portal.control.requests()).find(({ body }) => body.includes('TRACED-1'));
  expect(received?.headers['traceparent']).toBe(`00-${TRACE}-${call?.spanId}-01`);
});

const WANTED = ['POST /graphql', 'sync create order'];

it('begins a trace of its own where the caller has none, and sends no body or secret', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  await settled(hub.admin, 'order', id, 'SYNCED');
  const { syncEvents } = await show(hub.admin, 'order', id);

  const { syncEvent } = await hub.admin.ask<{ syncEvent: { traceparent: string } }>(
    `{ syncEvent(id: "${syncEvents.nodes[0]?.id}") { traceparent } }`,
  );
  const [, trace = ''] = syncEvent.traceparent.split('-');
  const own = await eventually(
    async () => collector.spans().filter(({ traceId }) => traceId === trace),
    (some) => WANTED.every((wanted) => some.some(({ name }) => name === wanted)),
  );

  expect(trace).not.toBe(TRACE);
  expect(own.map(({ name }) => name)).toEqual(expect.arrayContaining(WANTED));
  const exported = collector.bodies.join();
  for (const secret of ['portal-key', 'portal-secret', 'Bearer', 'unitPrice']) expect(exported).not.toContain(secret);
});
