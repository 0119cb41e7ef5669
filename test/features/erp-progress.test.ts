import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { SpawnedSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { addSystem, followOrders } from './erp-systems.js';
import { putMapping, withdrawMapping } from './mapping-client.js';
import { createOrder, idOf, moveOrder, mutate, orderInput, settled, show } from './order-client.js';

let hub: TestHub;
let logo: SpawnedSimulator;
let netsis: SpawnedSimulator;
const ids: Record<string, string> = {};

beforeAll(async () => {
  hub = await startTestHub();
  ({ system: logo, integrationId: ids['logo'] } = await addSystem(hub, 'logo'));
  ({ system: netsis, integrationId: ids['netsis'] } = await addSystem(hub, 'netsis'));
});
beforeEach(async () => {
  await logo.control.clearFaults();
  await netsis.control.clearFaults();
});
afterAll(async () => {
  await hub?.stop();
  await logo?.stop();
  await netsis?.stop();
});

const systemOf = (connector: string) => (connector === 'logo' ? logo : netsis);
const follow = (connector: string) => followOrders(hub, ids[connector] ?? '');
const statusOf = async (id: string) => (await show(hub.admin, 'order', id)).status;

/** An order that is there, with the id that it has there. */
async function placed(connector: string, status: string): Promise<{ id: string; externalId: string }> {
  const input = orderInput({ merchantId: `shop-${connector}`, status, customer: { reference: 'C-1', name: 'Ayşe' } });
  const id = await idOf(createOrder(hub.admin, input));
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');
  return { id, externalId: links[0]?.externalId ?? '' };
}

/** What people there do with an order, and what the hub makes of it. */
async function told(connector: string, { id, externalId }: { id: string; externalId: string }, word: string) {
  await systemOf(connector).control.advance({ id: externalId, status: word, webhook: false });
  const { status } = await follow(connector);
  return [status, await statusOf(id)];
}

it.each([
  [
    'logo',
    'PENDING',
    [
      ['approved', 'CONFIRMED'],
      ['partially_shipped', 'PROCESSING'],
      ['shipped', 'SHIPPED'],
    ],
  ],
  [
    'logo',
    'PAID',
    [
      ['blocked', 'ON_HOLD'],
      ['approved', 'PAID'],
      ['cancelled', 'CANCELLED'],
    ],
  ],
  ['logo', 'CONFIRMED', [['proposal', 'PENDING']]],
  [
    'netsis',
    'CONFIRMED',
    [
      ['partially_shipped', 'PROCESSING'],
      ['shipped', 'SHIPPED'],
    ],
  ],
  ['netsis', 'PAID', [['closed', 'CANCELLED']]],
])('G7 G8 reads back from %s what people there do with an order that was %s', async (connector, status, course) => {
  const order = await placed(connector, status);

  const seen = [];
  for (const [word = ''] of course) seen.push([word, ...(await told(connector, order, word))]);

  expect(seen).toEqual(course.map(([word, hubStatus]) => [word, 'SUCCESS', hubStatus]));
});

it.each(['logo', 'netsis'])(
  'G7 G8 sends the event’s idempotency key with every attempt of a write to %s',
  async (connector) => {
    const order = await placed(connector, 'PAID');
    await systemOf(connector).control.addFault({ kind: 'status', status: 503, method: 'PUT' });

    await idOf(moveOrder(hub.admin, { id: order.id, status: 'PACKED' }));
    await settled(hub.admin, 'order', order.id, 'SYNCED');

    const { order: shown } = await hub.admin.ask<{ order: { syncEvents: { nodes: { idempotencyKey: string }[] } } }>(
      `{ order(id: "${order.id}") { syncEvents(first: 20) { nodes { idempotencyKey } } } }`,
    );
    const sent = (await systemOf(connector).control.requests()).filter(
      ({ method, url }) => method !== 'GET' && /orders|ItemSlips/i.test(url),
    );
    const changes = sent.filter(({ method }) => method === 'PUT').map(({ headers }) => headers['idempotency-key']);
    const keys = shown.syncEvents.nodes.map(({ idempotencyKey }) => idempotencyKey);
    expect(changes.slice(-2)).toEqual([keys[0], keys[0]]);
    expect(sent.map(({ headers }) => headers['idempotency-key'])).toContain(keys[1]);
  },
);

it.each(['logo', 'netsis'])('G7 G8 leaves an order alone that is further than %s knows', async (connector) => {
  const order = await placed(connector, 'PAID');
  await systemOf(connector).control.addFault({ kind: 'status', status: 503, method: 'PUT', count: null });
  await idOf(moveOrder(hub.admin, { id: order.id, status: 'PACKED' }));

  const [status, stays] = await told(connector, order, 'partially_shipped');

  expect([status, stays]).toEqual(['SUCCESS', 'PACKED']);
  expect(await eventsOf(order.id)).toBe(0);
  // What is tried again would ask the system, too, while later tests count questions.
  await systemOf(connector).control.clearFaults();
  await settled(hub.admin, 'order', order.id, 'SYNCED');
});

it('G7 G8 H9 tells in the order’s timeline what came back, and sends it nowhere twice', async () => {
  const order = await placed('netsis', 'CONFIRMED');
  const writes = async () =>
    (await netsis.control.state()).effects.filter(({ entityId }) => entityId === order.externalId).length;
  const before = await writes();
  await told('netsis', order, 'shipped');
  await follow('netsis');

  const { order: shown } = await hub.admin.ask<{ order: { timeline: { nodes: { title: string; kind: string }[] } } }>(
    'query ($id: ID) { order(id: $id) { timeline(first: 100) { nodes { title kind } } } }',
    { id: order.id },
  );

  const titles = shown.timeline.nodes.map(({ title }) => title);
  expect(titles).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^order\.status\.read from /),
      'Order moved from CONFIRMED to SHIPPED',
    ]),
  );
  expect(titles.filter((title) => title.startsWith('order.status.read'))).toHaveLength(1);
  expect(await writes()).toBe(before);
});

it('G7 asks for many orders by one query, and one by one where Logo answers no queries', async () => {
  const orders = [await placed('logo', 'PENDING'), await placed('logo', 'PENDING')];
  for (const { externalId } of orders)
    await logo.control.advance({ id: externalId, status: 'approved', webhook: false });
  const asked = async (path: string) =>
    (await logo.control.requests()).filter(({ url }) => url.startsWith(path)).length;
  await logo.control.addFault({ kind: 'status', status: 404, path: '/api/v1/queries/unsafe', count: null });
  await follow('logo');
  const alone = await Promise.all(orders.map(({ id }) => statusOf(id)));
  await logo.control.clearFaults();
  const before = await asked('/api/v1/queries/unsafe');

  await follow('logo');

  expect(alone).toEqual(['CONFIRMED', 'CONFIRMED']);
  expect((await asked('/api/v1/queries/unsafe')) - before).toBe(1);
});

it('G7 N1 names a state that Logo has and the hub does not know, and how to map it', async () => {
  const order = await placed('logo', 'CONFIRMED');
  await told('logo', order, '3');

  const { order: shown } = await hub.admin.ask<{
    order: { blockers: { code: string; mutation: string | null; variables: { input: { mappings: object } } }[] };
  }>('query ($id: ID) { order(id: $id) { blockers { code mutation variables } } }', { id: order.id });

  expect(shown.blockers).toMatchObject([
    { code: 'WEBHOOK_FAILED', mutation: 'replayWebhookEvents' },
    {
      code: 'UNMAPPED_STATUS',
      mutation: 'updateIntegration',
      variables: { input: { id: ids['logo'], mappings: { orders: { status_3: 'CONFIRMED' } } } },
    },
  ]);
});

it('G8 takes the merchant’s own meaning of a state', async () => {
  const settings = { statusMappings: { orders: { shipped: 'DELIVERED' } } };
  await idOf(
    mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', { id: ids['netsis'], settings }),
  );
  const order = await placed('netsis', 'PAID');

  const seen = await told('netsis', order, 'shipped');

  expect(seen).toEqual(['SUCCESS', 'DELIVERED']);
});

it('G7 the job that follows orders asks Logo, too', async () => {
  const order = await placed('logo', 'PENDING');
  await logo.control.advance({ id: order.externalId, status: 'shipped', webhook: false });

  await hub.admin.ask('mutation { runJob(name: "follow-orders") { userErrors { message } } }');

  await eventually(
    () => statusOf(order.id),
    (status) => status === 'SHIPPED',
  );
});

it.each(['logo', 'netsis'])(
  'G7 G8 G10 keeps a total of %s that cannot be taken once, not at each check, and takes again what can',
  async (connector) => {
    const order = await placed(connector, 'PAID');
    await eventually(
      () => hub.db.pool.query('select 1 from payouts where order_id = $1', [order.id]),
      ({ rows }) => rows.length > 0,
    );
    const which = { integrationId: ids[connector] ?? '', entityType: 'ORDER', direction: 'INBOUND' };
    const tells = async (target: string, value: string) => {
      const mapping = await putMapping(hub.admin, [{ source: `"${value}"`, target }], which);
      for (let n = 0; n < 2; n++) await follow(connector);
      await withdrawMapping(hub.admin, mapping);
    };

    await tells('order.totals.tax', '5.00');
    const once = await eventsOf(order.id);
    await tells('order.totals.tax', '6.00');
    const twice = await eventsOf(order.id);
    await idOf(moveOrder(hub.admin, { id: order.id, status: 'PACKED' }));
    await settled(hub.admin, 'order', order.id, 'SYNCED');
    await tells('order.totals.tax', '6.00');
    const moved = await eventsOf(order.id);
    const notes = [];
    for (const own of ['By hand', 'By hand']) {
      await idOf(mutate(hub.admin, 'updateOrder', 'UpdateOrderInput', 'order', { id: order.id, notes: own }));
      await settled(hub.admin, 'order', order.id, 'SYNCED');
      await tells('order.notes', 'Of the ERP');
      const { shown } = await hub.admin.ask<{ shown: { notes: string } }>(
        'query ($id: ID!) { shown: order(id: $id) { notes } }',
        { id: order.id },
      );
      notes.push(shown.notes);
    }

    expect([once, twice, moved]).toEqual([1, 2, 2]);
    expect(notes).toEqual(['Of the ERP', 'Of the ERP']);
    expect(await eventsOf(order.id)).toBe(4);
  },
);

async function eventsOf(entityId: string): Promise<number> {
  const { webhookEvents } = await hub.admin.ask<{ webhookEvents: { totalCount: number } }>(
    `{ webhookEvents(filter: { entityId: "${entityId}" }) { totalCount } }`,
  );
  return webhookEvents.totalCount;
}
