import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { startWarehouseHub, type WarehouseHub } from '../harness/warehouse-hub.js';
import { createOrder, idOf, moveOrder, orderInput } from './order-client.js';

const SECRET = 'whsec_test_1234567890abcdef';
let hub: WarehouseHub;

beforeAll(async () => {
  const env = {
    STRIPE_WEBHOOK_SECRET: SECRET,
  };
  hub = await startWarehouseHub({ env });
});
afterAll(() => hub.stop());

const now = () => Math.floor(Date.now() / 1000);

/** A payment's event, as Stripe writes it. */
function event(metadata: object, more: object = {}) {
  const object = { id: `pi_${randomUUID()}`, object: 'payment_intent', amount: 19998, currency: 'eur', metadata };
  return { id: `evt_${randomUUID()}`, type: 'payment_intent.succeeded', created: now(), data: { object }, ...more };
}

/** Sends it with the signature that Stripe would make at that second. */
async function send(body: object | string, { at = now(), secret = SECRET, header = '' } = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const v1 = createHmac('sha256', secret).update(`${at}.${text}`).digest('hex');
  const headers = { 'content-type': 'application/json', 'stripe-signature': header || `t=${at},v1=${v1}` };
  const response = await fetch(`${hub.url}/webhooks/stripe`, { method: 'POST', headers, body: text });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const statusOf = async (id: string) =>
  (await hub.admin.ask<{ order: { status: string } }>('query ($id: ID!) { order(id: $id) { status } }', { id })).order
    .status;

interface Kept {
  status: string;
  errorCode: string | null;
  errorMessage: string | null;
}

const WEBHOOKS = `query ($id: String!) { webhookEvents(filter: { entityId: $id }) { nodes { status errorCode errorMessage } } }`;

const webhookOf = async (entityId: string) =>
  (await hub.admin.ask<{ webhookEvents: { nodes: Kept[] } }>(WEBHOOKS, { id: entityId })).webhookEvents.nodes;

it('E8 a payment makes the order paid and sends it to the warehouse; the same event again has no further effect', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const paid = event({ order_id: id });

  const first = await send(paid);
  await eventually(
    () => statusOf(id),
    (status) => status === 'EXPORTED',
  );
  const again = await send(paid);

  expect(first).toMatchObject({ status: 200, body: { success: true, data: { entityId: id, entityStatus: 'PAID' } } });
  expect(again).toMatchObject({ status: 200, body: { data: { entityId: id, entityStatus: 'PAID' } } });
  expect(await statusOf(id)).toBe('EXPORTED');
  expect((await hub.warehouse.control.state()).effects).toHaveLength(1);
});

it('E8 a payment that is told late leaves an order that has been shipped as it is', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  await idOf(moveOrder(hub.admin, { id, status: 'SHIPPED' }));

  const late = await send(event({ order_id: id }));
  const kept = await webhookOf(id);

  expect(late).toMatchObject({ status: 200, body: { data: { entityId: id, entityStatus: 'SHIPPED' } } });
  expect(kept).toMatchObject([{ status: 'IGNORED', errorCode: 'OUT_OF_DATE' }]);
  expect(kept[0]?.errorMessage).toContain('The order is SHIPPED by now');
  expect(await statusOf(id)).toBe('SHIPPED');
});

it('E8 takes a second payment of an order for that order’s, also by its number', async () => {
  const input = orderInput();
  const id = await idOf(createOrder(hub.admin, input));
  await send(event({ order_number: input.number }));

  const second = await send(event({ order_number: input.number }));

  expect(second).toMatchObject({
    status: 200,
    body: { data: { status: expect.stringMatching(/PROCESSED|IGNORED/), entityId: id } },
  });
});

it('E8 keeps a payment of an order that is not known yet, and applies it when it appears', async () => {
  const input = orderInput();

  const early = await send(event({ order_number: input.number }));
  const id = await idOf(createOrder(hub.admin, input));
  await eventually(
    () => statusOf(id),
    (status) => status === 'EXPORTED',
  );

  expect(early.status).toBe(202);
});

it('E8 the further events of one payment change nothing', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));

  const object = { id: 'ch_1', payment_intent: 'pi_1', amount: 19998, currency: 'eur', metadata: { order_id: id } };
  const answer = await send(event({}, { type: 'charge.succeeded', data: { object } }));

  expect(answer.status).toBe(200);
  expect(await statusOf(id)).toBe('PENDING');
});

it('E8 finds the order by the names that shops write, and counts a checkout that names it', async () => {
  const inputs = [orderInput(), orderInput(), orderInput(), orderInput()];
  const ids = await Promise.all(inputs.map((input) => idOf(createOrder(hub.admin, input))));
  const checkout = { id: 'cs_1', object: 'checkout.session', payment_intent: 'pi_2', payment_status: 'paid' };
  const completed = {
    type: 'checkout.session.completed',
    data: { object: { ...checkout, metadata: { order_id: ids[3] } } },
  };

  const answers = [
    await send(event({ orderId: ids[0] })),
    await send(event({ order_id: inputs[1]?.number })),
    await send(event({ orderNumber: inputs[2]?.number })),
    await send(event({}, completed)),
  ];

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  for (const id of ids)
    await eventually(
      () => statusOf(id),
      (status) => status === 'EXPORTED',
    );
});

it('E8 refuses what Stripe did not sign, and times that are too old or to come', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const paid = event({ order_id: id });

  const answers = [
    await send(paid, { secret: 'whsec_another' }),
    await send(paid, { header: 't=1,v0=ab' }),
    await send(paid, { at: now() - 400 }),
    await send(paid, { at: now() + 400 }),
  ];

  expect(answers.map(({ status, body }) => [status, body['code']])).toEqual([
    [401, 'SIGNATURE_INVALID'],
    [401, 'SIGNATURE_INVALID'],
    [401, 'TIMESTAMP_STALE'],
    [401, 'TIMESTAMP_STALE'],
  ]);
  expect(await statusOf(id)).toBe('PENDING');
});

it('E8 names the field of a wrong body', async () => {
  const answers = [await send('{"id":'), await send({ id: 'evt_1', type: 'payment_intent.succeeded', created: 'now' })];

  expect(answers.map(({ status, body }) => [status, body['code']])).toEqual([
    [400, 'INVALID_JSON'],
    [400, 'INVALID_SHAPE'],
  ]);
});
