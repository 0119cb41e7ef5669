import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, cursorNow, idOf, moveOrder, mutate, orderInput, settled, show } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ env: { B2B_PORTAL_MAX_RETRIES: '1' } });
});
afterEach(() => hub.portal.control.clearFaults());
afterAll(() => hub.stop());

interface Seen {
  syncEventChanged: { previousStatus: string | null; syncEvent: { was: string; entityId: string } };
}

it('H3 B11 a subscriber sees every status of a sync event, however soon the next one follows', async () => {
  const EVENTS =
    'subscription ($after: Cursor) { syncEventChanged(after: $after) { previousStatus syncEvent { was: status ...Whose } } }';
  const after = await cursorNow(hub.admin);
  const changes = hub.admin.subscribe<Seen>(`${EVENTS} fragment Whose on SyncEvent { entityId }`, { after });
  await hub.portal.control.addFault({ kind: 'status', status: 503, method: 'POST', count: 1 });
  const id = await idOf(createOrder(hub.admin, orderInput()));
  await settled(hub.admin, 'order', id, 'SYNCED');

  const seen: Seen[] = [];
  while (seen.length < 5) seen.push((await changes.next()).value as Seen);
  await changes.return(undefined);

  const steps = seen.map(({ syncEventChanged: { previousStatus, syncEvent } }) => [previousStatus, syncEvent.was]);
  expect(steps).toEqual([
    [null, 'PENDING'],
    ['PENDING', 'IN_PROGRESS'],
    ['IN_PROGRESS', 'RETRYING'],
    ['RETRYING', 'IN_PROGRESS'],
    ['IN_PROGRESS', 'SUCCESS'],
  ]);
  expect(seen.every(({ syncEventChanged }) => syncEventChanged.syncEvent.entityId === id)).toBe(true);
});

it('B9 an order behind a dead letter is still failed after another change of it', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 422, method: 'POST', count: 1 });
  const id = await idOf(createOrder(hub.admin, orderInput()));
  await settled(hub.admin, 'order', id, 'FAILED');

  await idOf(moveOrder(hub.admin, { id, status: 'CONFIRMED' }));

  expect((await show(hub.admin, 'order', id)).links).toMatchObject([{ state: 'FAILED' }]);
});

it('takes the merchant that has integrations where none is named, whoever else is known', async () => {
  await idOf(mutate(hub.admin, 'createMerchant', 'CreateMerchantInput', 'merchant', { id: 'somebody-else' }));
  await idOf(createOrder(hub.admin, orderInput({ merchantId: 'somebody-else' })));

  const id = await idOf(createOrder(hub.admin, orderInput({ merchantId: undefined })));

  await settled(hub.admin, 'order', id, 'SYNCED');
});

it('answers an address that cannot be read in the error envelope', async () => {
  const { status, body } = await hub.admin.rest('POST', '/webhooks/%E0%A4%A', {});

  expect({ status, body }).toMatchObject({ status: 400, body: { success: false, code: 'BAD_USER_INPUT' } });
});

it('H7 refuses an order of a merchant that nobody has made, and says how to make it', async () => {
  const mistyped = await createOrder(hub.admin, orderInput({ merchantId: 'merchant-l' }));
  const twice = await mutate(hub.admin, 'createMerchant', 'CreateMerchantInput', 'merchant', { id: 'merchant-1' });
  const limited = await hub.as({ role: 'admin', merchantId: 'merchant-2' });
  const foreign = await mutate(limited, 'createMerchant', 'CreateMerchantInput', 'merchant', { id: 'merchant-3' });

  expect(mistyped.userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'merchantId'] }]);
  expect(mistyped.userErrors[0]?.message).toContain('createMerchant');
  expect(twice.userErrors).toMatchObject([{ code: 'ALREADY_EXISTS', path: ['input', 'id'] }]);
  expect(foreign.userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
});

it('B13 shows a link as SYNCING while its call is under way', async () => {
  await hub.portal.control.addFault({ kind: 'latency', ms: 20_000, path: '/orders' });
  const id = await idOf(createOrder(hub.admin, orderInput()));

  const shown = await eventually(
    () => show(hub.admin, 'order', id),
    ({ links }) => links[0]?.state !== 'PENDING',
  );
  const SYNCING = '{ orders(filter: { syncState: SYNCING }) { nodes { id } } }';
  const { orders } = await hub.admin.ask<{ orders: { nodes: { id: string }[] } }>(SYNCING);
  await hub.portal.control.clearFaults();
  const after = await settled(hub.admin, 'order', id, 'SYNCED');

  expect(shown.links).toMatchObject([{ state: 'SYNCING' }]);
  expect(orders.nodes).toEqual([{ id }]);
  expect(after.links).toMatchObject([{ state: 'SYNCED' }]);
});

it('B25 tells the last error as long as the circuit is open, also after a health check that went well', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 503, method: 'POST', path: '/orders', count: null });
  for (let i = 0; i < 6; i++) await idOf(createOrder(hub.admin, orderInput()));
  const HEALTH = '{ connectorHealth { circuit lastError } }';
  const health = async () =>
    (await hub.admin.ask<{ connectorHealth: { circuit: string; lastError: string | null }[] }>(HEALTH)).connectorHealth;
  await eventually(health, ([portal]) => portal?.circuit === 'OPEN');

  await hub.admin.ask('mutation { testConnection(integrationId: "b2b-portal") { userErrors { message } } }');

  // Half open while it is probed, which the check has begun.
  expect(await health()).toMatchObject([
    { circuit: expect.stringMatching(/OPEN$/), lastError: expect.stringContaining('503') },
  ]);
});
