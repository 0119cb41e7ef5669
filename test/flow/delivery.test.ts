import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { createIntegration } from '../../src/flow/integrations/create-integration.js';
import { testConnection } from '../../src/flow/integrations/test-connection.js';
import { createInvoice } from '../../src/flow/invoices/create-invoice.js';
import { createOrder } from '../../src/flow/orders/create-order.js';
import { syncOrder } from '../../src/flow/orders/sync-order.js';
import { updateOrderStatus } from '../../src/flow/orders/update-order-status.js';
import { checkStatus } from '../../src/flow/sync/check-status.js';
import { redriveSyncEvents } from '../../src/flow/sync/redrive-sync-events.js';
import { retryFailed } from '../../src/flow/sync/retry-failed.js';
import { retrySyncEvent } from '../../src/flow/sync/retry-sync-event.js';
import { skipSyncEvent } from '../../src/flow/sync/skip-sync-event.js';
import { startSync } from '../../src/flow/sync/start-sync.js';
import { ADMIN, as, startDispatching, startServices, type TestServices, until } from './harness.js';

let hub: TestServices;
let portal: SpawnedSimulator;
let dispatching: { stop(): Promise<void> };
let integrationId: string;
beforeAll(async () => {
  hub = await startServices();
  portal = await spawnSimulator('b2b-portal', { apiKey: 'key', apiSecret: 'secret', lifecycle: false });
  integrationId = await createIntegration(hub, ADMIN, {
    merchantId: 'acme',
    name: 'Portal',
    connector: 'b2b-portal',
    mode: 'HYBRID',
    credentials: { apiKey: 'key', apiSecret: 'secret' },
    settings: {
      baseUrl: portal.url,
      merchantId: 'acme',
      maxRetries: 1,
      backoffBaseMs: 5,
      ratePerSecond: null,
      circuitFailures: 1000,
    },
  });
  dispatching = await startDispatching(hub);
});
afterEach(() => portal.control.clearFaults());
afterAll(async () => {
  await dispatching.stop();
  await portal.stop();
  await hub.close();
});

let made = 0;
const newOrder = () =>
  createOrder(hub, ADMIN, {
    number: `D-${++made}`,
    merchantId: 'acme',
    currency: 'EUR',
    lines: [{ sku: 'A', quantity: 3, unitPrice: '33.3333' }],
  });
const rows = async (text: string, ...values: unknown[]) => (await hub.db.pool.query(text, values)).rows;
const linkOf = async (id: string) => (await rows('select state, external_id from links where entity_id = $1', id))[0];
const inState = (id: string, state: string) => until(async () => (await linkOf(id))?.state === state);
const eventsOf = (id: string) => rows('select * from sync_events where entity_id = $1 order by id', id);
const effectsOf = async (id: string) => {
  const { external_id } = await linkOf(id);
  return (await portal.control.state()).effects.filter((effect) => effect.entityId === external_id);
};

it('B1 creates an order in the portal and updates it there, B9 keeps its state', async () => {
  const id = await newOrder();
  await inState(id, 'SYNCED');
  await updateOrderStatus(hub, ADMIN, { id, status: 'CONFIRMED' });

  await until(async () => (await eventsOf(id)).every((event) => event.status === 'SUCCESS'));

  expect((await effectsOf(id)).map((effect) => effect.method)).toEqual(['POST', 'PUT']);
  expect(await eventsOf(id)).toMatchObject([{ operation: 'CREATE' }, { operation: 'STATUS_CHANGE' }]);
});

it('B2 creates an invoice that names its order as the portal does', async () => {
  const orderId = await newOrder();
  await inState(orderId, 'SYNCED');

  const id = await createInvoice(hub, ADMIN, { orderId, number: `I-${made}` });
  await inState(id, 'SYNCED');

  const [event] = await eventsOf(id);
  expect(JSON.parse(event.payload)).toMatchObject({
    total: '99.9999',
    orderExternalId: (await linkOf(orderId)).external_id,
  });
});

it('B16 answers what is in step by its last event, and sends again by force', async () => {
  const id = await newOrder();
  await inState(id, 'SYNCED');
  const [first] = await eventsOf(id);

  const same = await syncOrder(hub, ADMIN, { id });
  const forced = await syncOrder(hub, ADMIN, { id, force: true });
  await until(async () => (await eventsOf(id)).every((event) => event.status === 'SUCCESS'));

  expect(same).toBe(first.id);
  expect((await eventsOf(id)).map((event) => event.id)).toEqual([first.id, forced]);
  expect((await effectsOf(id)).map((effect) => effect.method)).toEqual(['POST', 'PUT']);
});

it('B23 keeps a failed event with its error until somebody retries it', async () => {
  await portal.control.addFault({ kind: 'status', status: 500, count: null });
  const id = await newOrder();
  await inState(id, 'FAILED');
  const [dead] = await eventsOf(id);
  await portal.control.clearFaults();

  await expect(retrySyncEvent(hub, as('operator', 'other'), dead.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await retrySyncEvent(hub, as('operator', 'acme'), dead.id);
  await inState(id, 'SYNCED');

  expect(dead).toMatchObject({ status: 'FAILED', error_code: 'UPSTREAM_UNAVAILABLE', attempt_count: 2 });
  expect(await effectsOf(id)).toHaveLength(1);
  await expect(retrySyncEvent(hub, ADMIN, dead.id)).rejects.toMatchObject({ code: 'INVALID_STATE' });
  for (const unknown of ['0', 'abc', '99999999999999999999', '-1']) {
    await expect(retrySyncEvent(hub, ADMIN, unknown)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
});

it('B23 retries by the job what may have gone away by itself, and nothing else', async () => {
  await portal.control.addFault({ kind: 'status', status: 503, count: null });
  const away = await newOrder();
  await inState(away, 'FAILED');
  await portal.control.clearFaults();
  await portal.control.addFault({ kind: 'status', status: 422, count: 1 });
  const refused = await newOrder();
  await inState(refused, 'FAILED');

  expect(await retryFailed(hub)).toMatchObject({ redriven: 1 });
  await inState(away, 'SYNCED');

  expect(await linkOf(refused)).toMatchObject({ state: 'FAILED' });
  expect(await redriveSyncEvents(hub, as('operator', 'other'), {})).toBe(0);
  expect(await redriveSyncEvents(hub, ADMIN, { errorCode: 'UPSTREAM_REJECTED', status: ['FAILED'] })).toBe(1);
  await inState(refused, 'SYNCED');
});

it('lets a lane go on after a skip, and a sync take the place of a dead letter', async () => {
  await portal.control.addFault({ kind: 'status', status: 400, count: 2 });
  const [skipped, superseded] = [await newOrder(), await newOrder()];
  await Promise.all([inState(skipped, 'FAILED'), inState(superseded, 'FAILED')]);
  await updateOrderStatus(hub, ADMIN, { id: skipped, status: 'CONFIRMED' });
  const [dead] = await eventsOf(skipped);

  await skipSyncEvent(hub, ADMIN, { id: dead.id, reason: 'a test' });
  await syncOrder(hub, ADMIN, { id: superseded });
  await Promise.all([inState(skipped, 'SYNCED'), inState(superseded, 'SYNCED')]);

  expect((await eventsOf(skipped)).map((event) => event.status)).toEqual(['SKIPPED', 'SUCCESS']);
  expect((await eventsOf(superseded)).map((event) => event.status)).toEqual(['SKIPPED', 'SUCCESS']);
});

it('B26 asks the portal for what is open, and applies only what differs', async () => {
  const [moved, same] = [await newOrder(), await newOrder()];
  await Promise.all([inState(moved, 'SYNCED'), inState(same, 'SYNCED')]);
  await portal.control.advance({ id: (await linkOf(moved)).external_id, status: 'SHIPPED', webhook: false });

  const integration = await hub.integrations.byId(integrationId);
  const first = await checkStatus(hub, integration, 'ORDER');
  const second = await checkStatus(hub, integration, 'ORDER');

  expect(first).toMatchObject({ changed: 1, missing: 0 });
  expect(second.changed).toBe(0);
  expect(await rows('select status from orders where id = $1', moved)).toEqual([{ status: 'SHIPPED' }]);
});

it('H2 runs a started sync as an event of the integration', async () => {
  const order = await newOrder();
  await inState(order, 'SYNCED');
  await portal.control.advance({ id: (await linkOf(order)).external_id, status: 'PROCESSING', webhook: false });

  const id = await startSync(hub, ADMIN, { integrationId, entityType: 'ORDER' });
  await until(
    async () => (await rows('select 1 from sync_events where id = $1 and status = $2', id, 'SUCCESS')).length > 0,
  );

  expect(await rows('select status from orders where id = $1', order)).toEqual([{ status: 'PROCESSING' }]);
});

it('tells whether the portal answers, and why not', async () => {
  const well = await testConnection(hub, ADMIN, integrationId);
  await portal.control.addFault({ kind: 'status', status: 503, count: 1 });
  const unwell = await testConnection(hub, ADMIN, integrationId);

  expect(well).toMatchObject({ healthy: true, error: null });
  expect(unwell).toMatchObject({ healthy: false, error: { code: 'UPSTREAM_UNAVAILABLE' } });
  await expect(testConnection(hub, as('operator', 'other'), integrationId)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});
