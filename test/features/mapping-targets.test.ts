import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { PORTAL_SECRET } from '../harness/hub.js';
import { type FlashErpHub, startFlashErpHub } from './flasherp-hub.js';
import { putMapping, saveMapping, type Which } from './mapping-client.js';
import {
  at,
  CUSTOMER_WALK,
  dataFor,
  expectWalked,
  GOODS_WALK,
  INVOICE_WALK,
  OF_A_NEW_ORDER,
  OF_THE_EVENT,
  ORDER_WALK,
  rulesFor,
  SUBSCRIPTION_WALK,
  TRANSACTION_WALK,
} from './mapping-walks.js';
import { createInvoice, createOrder, idOf, orderInput, settled } from './order-client.js';

let hub: FlashErpHub;
beforeAll(async () => {
  hub = await startFlashErpHub();
});
afterAll(() => hub.stop());

const INBOUND = (entityType: string): Which => ({ entityType, direction: 'INBOUND' });
/** The targets that a refusal offers. */
async function offered(entityType: string): Promise<string[]> {
  const { userErrors } = await saveMapping(hub.admin, [{ source: 'a', target: 'no such' }], INBOUND(entityType));
  return /these are: (.*)\.$/.exec(userErrors[0]?.message ?? '')?.[1]?.split(', ') ?? [];
}

let sent = 0;
/** A signed event of the gateway's scheme, so many seconds from now, to the portal's integration; the stored event. */
async function tell(eventType: string, data: object, seconds = 1): Promise<{ status: string; errorMessage: string }> {
  sent += 1;
  const id = `walk-${sent}`;
  const body = JSON.stringify({ eventType, timestamp: new Date(Date.now() + seconds * 1000).toISOString(), data });
  const answer = await fetch(`${hub.url}/webhooks/b2b-portal`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-webhook-signature': `sha256=${createHmac('sha256', PORTAL_SECRET).update(body).digest('hex')}`,
      'x-webhook-timestamp': new Date().toISOString(),
      'x-webhook-id': id,
    },
    body,
  });
  if (answer.status >= 500) throw new Error(await answer.text());
  const { rows } = await hub.db.pool.query('select status, error_message from webhook_events where event_id = $1', [
    id,
  ]);
  return { status: rows[0]?.status, errorMessage: rows[0]?.error_message };
}

/** The feed's entries of an entity that the portal's integration caused, without those of events. */
async function changesOf(id: string): Promise<{ kind: string; fields: string[] | null }[]> {
  const { rows } = await hub.db.pool.query<{ kind: string; fields: string | null }>(
    `select kind, data ->> 'fields' as fields from changes where entity_id = $1 and integration_id = 'b2b-portal'
     and kind !~ '^(sync|webhook)_event|synced$' order by id`,
    [id],
  );
  return rows.map(({ kind, fields }) => ({ kind, fields: fields === null ? null : (JSON.parse(fields) as string[]) }));
}

const ADDRESS = '{ name company line1 line2 city region postalCode country phone }';
const ORDER = `query ($id: ID!) { shown: order(id: $id) { number status currency trackingNumbers deliveryMethod notes
  metadata placedAt customer { id reference name email phone } lines { sku name quantity unitPrice total }
  totals { subtotal tax shipping discount grandTotal } shippingAddress ${ADDRESS} billingAddress ${ADDRESS}
  syncEvents(first: 1) { nodes { payload } } links { integration { id } externalId } } }`;
const read = async (query: string, id: string) =>
  (await hub.admin.ask<{ shown: Record<string, unknown> }>(query, { id })).shown;

it('G5 G10 each target of orders that rules are offered reaches the order, its customer, addresses, totals and metadata', async () => {
  const known = (await offered('ORDER')).map((target) => target.replace('<name>', 'zone'));
  expect([...Object.keys(ORDER_WALK), ...OF_THE_EVENT, ...OF_A_NEW_ORDER].sort()).toEqual(known.sort());
  const input = orderInput({ customer: { name: 'Old', email: 'old@example.com' } });
  const id = await idOf(createOrder(hub.admin, input));
  await settled(hub.admin, 'order', id, 'SYNCED');
  await putMapping(hub.admin, rulesFor(Object.keys(ORDER_WALK)), INBOUND('ORDER'));

  const taken = await tell('order.updated', { number: input.number, walk: dataFor(ORDER_WALK) });
  const shown = await read(ORDER, id);
  const late = await tell('order.updated', { number: input.number, walk: { v4: 'Older' } }, -60);

  expect(taken).toMatchObject({ status: 'PROCESSED' });
  expectWalked(ORDER_WALK, shown);
  expect(late.status).toBe('IGNORED');
  expect(await read(ORDER, id)).toMatchObject({ notes: 'Ring twice' });
  expect(await changesOf(id)).toEqual([{ kind: 'order.status_changed', fields: null }]);
  expect(await changesOf((shown['customer'] as { id: string }).id)).toEqual([
    { kind: 'customer.updated', fields: ['name', 'email', 'phone', 'reference'] },
  ]);
});

it('G5 G10 a rule for the customer’s address by mail reaches the order’s customer, in order, told in the feed and to the other systems', async () => {
  await putMapping(
    hub.admin,
    [
      { source: 'data.cust.email', target: 'customer.email' },
      { source: 'data.cust.no', target: 'customer.reference' },
      { source: 'data.cust.name', target: 'orders.customer.name' },
    ],
    INBOUND('ORDER'),
  );
  const [bare, owned] = [orderInput(), orderInput({ customer: { reference: 'C-1', name: 'Ada' } })];
  const [bareId, ownedId] = [await idOf(createOrder(hub.admin, bare)), await idOf(createOrder(hub.admin, owned))];
  for (const id of [bareId, ownedId]) await settled(hub.admin, 'order', id, 'SYNCED');

  await tell('order.updated', { number: bare.number, cust: { email: 'new@example.com', name: 'New' } });
  await tell('order.updated', { number: owned.number, cust: { email: 'ada@example.com' } }, 2);
  await tell('order.updated', { number: owned.number, cust: { email: 'late@example.com' } }, -30);
  const first = await read(ORDER, ownedId);
  await tell('order.updated', { number: owned.number, cust: { no: 'C-2', email: 'other@example.com' } }, 3);

  expect(await read(ORDER, bareId)).toMatchObject({ customer: { name: 'New', email: 'new@example.com' } });
  expect(first).toMatchObject({ customer: { reference: 'C-1', name: 'Ada', email: 'ada@example.com' } });
  expect(await read(ORDER, ownedId)).toMatchObject({ customer: { reference: 'C-2', email: 'other@example.com' } });
  const updated = { kind: 'order.updated', fields: ['customer'] };
  expect(await changesOf(ownedId)).toEqual([updated, updated]);
});

it('G5 G10 an order that an event makes has what the rules say of number, currency, lines and all the rest', async () => {
  const rules = [
    { source: 'data.no', target: 'order.number' },
    { source: 'data.money', target: 'order.currency' },
    { source: 'data.rows.code', target: 'order.lines[].sku' },
    { source: 'data.rows.title', target: 'lines[].name' },
    { source: 'data.rows.pieces', target: 'order.lines[].quantity' },
    { source: 'data.rows.each', target: 'order.lines[].unitPrice' },
    { source: 'data.rows.all', target: 'order.lines[].total' },
    { source: 'data.words', target: 'notes' },
    { source: 'data.zone', target: 'metadata.zone' },
  ];
  await putMapping(hub.admin, rules, INBOUND('ORDER'));
  const lines = [{ sku: 'x', quantity: 1, price: 1 }];
  const rows = { code: 'MUG', title: 'Mug', pieces: 3, each: '1.10', all: '3.00' };

  await tell('order.created', {
    ...{ id: 'ext-1', number: 'tmp-1', currency: 'USD', lines, rows, no: 'MADE-1', money: 'eur' },
    ...{ words: 'By rule', zone: 'WEST' },
  });

  const { shown } = await hub.admin.ask<{ shown: unknown }>(
    '{ shown: order(number: "MADE-1") { currency notes metadata lines { sku name quantity unitPrice total } } }',
  );
  expect(shown).toEqual({
    ...{ currency: 'EUR', notes: 'By rule', metadata: { zone: 'WEST' } },
    lines: [{ sku: 'MUG', name: 'Mug', quantity: 3, unitPrice: '1.10', total: '3.00' }],
  });
});

async function made(entityType: string): Promise<{ id: string; number: string }> {
  if (entityType === 'INVOICE') {
    const order = await idOf(createOrder(hub.admin, orderInput()));
    const id = await idOf(createInvoice(hub.admin, { number: 'INV-WALK', orderId: order }));
    await settled(hub.admin, 'invoice', id, 'SYNCED');
    return { id, number: 'INV-WALK' };
  }
  if (entityType === 'BILLING_SUBSCRIPTION')
    return {
      id: await idOf(hub.createSubscription({ reference: 'sub_walk', customer: { reference: 'W-1' } })),
      number: 'sub_walk',
    };
  const id = await idOf(hub.createTransaction({ reference: 'pi_walk', customer: { reference: 'W-2', name: 'Old' } }));
  if (entityType === 'TRANSACTION') return { id, number: 'pi_walk' };
  const { customer } = await hub.admin.ask<{ customer: { id: string } }>('{ customer(reference: "W-2") { id } }');
  return { id: customer.id, number: 'W-2' };
}

it.each([
  ['INVOICE', 'invoice', INVOICE_WALK, 'status subtotal tax total currency issuedAt dueAt paidAt paidAmount notes'],
  ['CUSTOMER', 'customer', CUSTOMER_WALK, `name email phone address ${ADDRESS}`],
  ['TRANSACTION', 'transaction', TRANSACTION_WALK, 'status amount currency description'],
  [
    'BILLING_SUBSCRIPTION',
    'billingSubscription',
    SUBSCRIPTION_WALK,
    'status plan amount currency interval startedAt currentPeriodStart currentPeriodEnd cancelAtPeriodEnd',
  ],
])(
  'G5 G10 each target of %s that rules are offered reaches it, in order, by hub id too',
  async (kind, noun, walks, fields) => {
    expect([...Object.keys(walks), ...OF_THE_EVENT].sort()).toEqual((await offered(kind)).sort());
    const { id, number } = await made(kind);
    const SHOW = `query ($id: ID!) { shown: ${noun}(id: $id) { ${fields} links { integration { id } externalId } } }`;
    const ofEvent = [
      { source: 'data.ref', target: 'reference.number' },
      { source: 'data.hub', target: 'reference.entityId' },
      { source: 'data.theirs', target: 'reference.externalId' },
      { source: 'data.when', target: 'occurredAt' },
      { source: 'data.word', target: 'sourceStatus' },
    ];
    await putMapping(hub.admin, [...rulesFor(Object.keys(walks)), ...ofEvent], INBOUND(kind));
    const eventType = `${kind.toLowerCase()}.updated`;

    const taken = await tell(eventType, {
      ref: number,
      theirs: kind === 'INVOICE' ? undefined : `ext-${number}`,
      walk: dataFor(walks),
    });
    const shown = await read(SHOW, id);
    const late = await tell(eventType, { hub: id, walk: dataFor(walks), when: '2020-01-01T00:00:00Z' });

    expect(taken).toMatchObject({ status: 'PROCESSED' });
    expectWalked(walks, shown);
    expect(shown['links']).toContainEqual({ integration: { id: 'b2b-portal' }, externalId: expect.any(String) });
    expect(late.status).toBe('IGNORED');
    expect((await changesOf(id)).map(({ kind: of }) => of)).toEqual([expect.stringMatching(/updated|status_changed/)]);
  },
);

it.each(['PRODUCT', 'INVENTORY'])(
  'G5 G10 each target of %s that rules are offered reaches product and stock',
  async (kind) => {
    expect(['sku', ...Object.keys(GOODS_WALK)].sort()).toEqual((await offered(kind)).sort());
    const sku = `WALK-${kind}`;
    await putMapping(
      hub.admin,
      [...rulesFor(Object.keys(GOODS_WALK)), { source: 'data.code', target: 'products.sku' }],
      INBOUND(kind),
    );

    await tell(`${kind.toLowerCase()}.updated`, { code: sku, walk: dataFor(GOODS_WALK) });
    await tell(`${kind.toLowerCase()}.updated`, { code: sku, walk: { v5: 'OLD' } }, -60);

    const { shown } = await hub.admin.ask<{ shown: unknown }>(
      `query ($sku: String!) { shown: product(sku: $sku) { name brand barcode price currency thc batchNumber coaLink
      inventory { location onHand reserved available } } }`,
      { sku },
    );
    expectWalked(GOODS_WALK, shown);
  },
);

it('G10 refuses rules that nobody would follow: kinds that a system is not sent, and fields that the hub does not have', async () => {
  const rules = [{ source: 'id', target: 'a' }];
  const refused = [
    await saveMapping(hub.admin, rules, { entityType: 'PRODUCT' }),
    await saveMapping(hub.admin, rules, { integrationId: 'flasherp', entityType: 'ORDER' }),
    await saveMapping(hub.admin, [{ source: 'a', target: 'customer.firstname' }], INBOUND('CUSTOMER')),
    await saveMapping(hub.admin, [{ source: 'a', target: 'id' }], INBOUND('INTEGRATION')),
  ];

  expect(refused.map(({ userErrors }) => userErrors[0])).toMatchObject([
    {
      code: 'BAD_USER_INPUT',
      path: ['input', 'entityType'],
      message: expect.stringContaining('it is sent ORDER, INVOICE'),
    },
    {
      code: 'BAD_USER_INPUT',
      path: ['input', 'entityType'],
      message: expect.stringContaining('CUSTOMER, TRANSACTION'),
    },
    { code: 'BAD_USER_INPUT', message: expect.stringContaining('address.postalCode') },
    { code: 'BAD_USER_INPUT', message: expect.stringContaining('nothing of it is taken in') },
  ]);
});

/** Every field of a snapshot, as a rule's source. */
const fieldsOf = (value: unknown, path = ''): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, path === '' ? name : `${path}.${name}`))
    : [path];
const isWritten = (value: unknown) => value !== null && value !== undefined && value !== '';

it('B1 B2 F1 G10 each field of the hub can be written into what the systems are sent', async () => {
  const order = await idOf(
    createOrder(
      hub.admin,
      orderInput({ customer: { name: 'Out' }, notes: 'n', metadata: { zone: 'N' }, shippingAddress: { line1: 'S' } }),
    ),
  );
  await idOf(createInvoice(hub.admin, { number: 'INV-OUT', orderId: order, notes: 'n' }));
  await idOf(
    hub.createTransaction({
      reference: 'pi_out',
      customer: { reference: 'OUT', name: 'Out', address: { line1: 'A' } },
    }),
  );
  await idOf(hub.createSubscription({ reference: 'sub_out', customer: { reference: 'OUT' } }));
  const sentOf = async (integrationId: string, kind: string) => {
    const { rows } = await hub.db.pool.query(
      `select payload, entity_id from sync_events where integration_id = $1 and entity_type = $2 and direction = 'OUTBOUND'
       and payload is not null order by id desc limit 1`,
      [integrationId, kind],
    );
    return {
      id: rows[0]?.entity_id as string,
      payload: JSON.parse(rows[0]?.payload ?? '{}') as Record<string, unknown>,
    };
  };
  const kinds = [
    ...[['b2b-portal', 'ORDER'] as const, ['b2b-portal', 'INVOICE'] as const],
    ...(['CUSTOMER', 'TRANSACTION', 'BILLING_SUBSCRIPTION'] as const).map((kind) => ['flasherp', kind] as const),
  ];

  for (const [integrationId, entityType] of kinds) {
    const { payload, id } = await sentOf(integrationId, entityType);
    const fields = fieldsOf(payload);
    await putMapping(
      hub.admin,
      fields.map((source, index) => ({ source, target: `walk.v${index}` })),
      { integrationId, entityType },
    );
    await hub.admin.ask(
      `mutation ($id: ID!, $to: ID!) { startSync: sync${SYNCED[entityType]}(input: { id: $id, integrationId: $to, force: true }) { userErrors { code } } }`,
      { id, to: integrationId },
    );
    const simulator = integrationId === 'flasherp' ? hub.erp : hub.portal;
    const body = await eventually(
      async () => {
        const bodies = (await simulator.control.requests())
          .filter(({ method }) => method !== 'GET')
          .map(({ body }) => body);
        return bodies.reverse().find((text) => text.includes('"walk"') && text.includes(id));
      },
      (found) => found !== undefined,
    );
    const { walk } = JSON.parse(body ?? '{}') as { walk: Record<string, unknown> };
    const missing = fields.filter((field, index) => isWritten(at(payload, field)) && !(`v${index}` in walk));
    expect({ entityType, missing }).toEqual({ entityType, missing: [] });
  }
});

const SYNCED = {
  ...{ ORDER: 'Order', INVOICE: 'Invoice', CUSTOMER: 'Customer', TRANSACTION: 'Transaction' },
  BILLING_SUBSCRIPTION: 'BillingSubscription',
};
