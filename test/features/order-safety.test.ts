import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, moveOrder, orderInput, settled, show, syncOrder } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ env: { B2B_PORTAL_MAX_RETRIES: '0' } });
});
afterEach(() => hub.portal.control.clearFaults());
afterAll(() => hub.stop());

const LOST = { kind: 'hang-up', when: 'after', method: 'POST', path: '/orders' } as const;
const REFUSED = { kind: 'status', status: 422, method: 'POST', path: '/orders' } as const;

/** Runs a mutation of one sync event. */
async function act(call: string): Promise<void> {
  const document = `mutation { payload: ${call} { userErrors { message } } }`;
  const { payload } = await hub.admin.ask<{ payload: { userErrors: { message: string }[] } }>(document);
  expect(payload.userErrors).toEqual([]);
}

const skip = (id: string) => act(`skipSyncEvent(id: "${id}", reason: "a test")`);
const redrive = (id: string) => act(`retrySyncEvent(id: "${id}")`);

/** An order whose create is dead. */
async function deadOrder(): Promise<{ id: string; number: string; eventId: string }> {
  const input = orderInput();
  const id = await idOf(createOrder(hub.admin, input));
  const { syncEvents } = await settled(hub.admin, 'order', id, 'FAILED');
  return { id, number: input.number, eventId: syncEvents.nodes[0]?.id ?? '' };
}

async function atPortal(number: string): Promise<string[]> {
  const { orders = [] } = await hub.portal.control.state();
  return orders.filter((order) => order['order_number'] === number).map((order) => String(order['id']));
}

it('B21 H2 sends a skipped create whose answer was lost once more, under its key, before the next change', async () => {
  await hub.portal.control.addFault(LOST);
  const { id, number, eventId } = await deadOrder();
  await skip(eventId);

  await idOf(moveOrder(hub.admin, { id, status: 'CONFIRMED' }));
  const { links, syncEvents } = await settled(hub.admin, 'order', id, 'SYNCED');

  expect(await atPortal(number)).toEqual([links[0]?.externalId]);
  expect(syncEvents.nodes.map(({ status }) => status)).toEqual(['SUCCESS', 'SKIPPED']);
});

it('B21 H2 does so as well when the lost answer was followed by a refusal', async () => {
  await hub.portal.control.addFault(LOST);
  await hub.portal.control.addFault(REFUSED);
  const { id, number, eventId } = await deadOrder();
  await redrive(eventId);
  await settled(hub.admin, 'order', id, 'FAILED');
  await skip(eventId);

  await idOf(syncOrder(hub.admin, { id }));
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');

  expect(await atPortal(number)).toEqual([links[0]?.externalId]);
});

it('B21 H2 keeps the create open while the repetition gets no proper answer', async () => {
  await hub.portal.control.addFault(LOST);
  const { id, number, eventId } = await deadOrder();
  await skip(eventId);
  await hub.portal.control.addFault({ ...REFUSED, status: 503 });
  await idOf(syncOrder(hub.admin, { id }));

  const dead = await settled(hub.admin, 'order', id, 'FAILED');
  await idOf(syncOrder(hub.admin, { id, force: true }));
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');

  expect(dead.links[0]?.lastError).toContain(`create of sync event ${eventId}`);
  expect(await atPortal(number)).toEqual([links[0]?.externalId]);
});

it('B21 creates by a new key once the portal has refused the old one for good', async () => {
  await hub.portal.control.addFault({ ...LOST, when: 'before' });
  const { id, number, eventId } = await deadOrder();
  await skip(eventId);
  await hub.portal.control.addFault(REFUSED);

  await idOf(syncOrder(hub.admin, { id }));
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');

  expect(await atPortal(number)).toEqual([links[0]?.externalId]);
  expect((await show(hub.admin, 'order', id)).syncEvents.nodes.map(({ status }) => status)).toEqual([
    'SUCCESS',
    'SKIPPED',
  ]);
});
