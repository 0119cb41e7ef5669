import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, PORTAL_KEY, PORTAL_SECRET, startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, mutate, orderInput, settled } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

const PATH = '/api/integrations';
const OWN = `${PATH}/b2b-portal`;
const SECRET = 'webhook_secret_key';

interface Envelope {
  success: boolean;
  data: never;
  error: string;
  code: string;
  field?: string;
  pagination: object;
}
const call = async (method: string, path: string, body?: unknown, client = hub.admin) => {
  const answer = await client.rest(method, path, body);
  return { status: answer.status, body: answer.body as Envelope };
};

const integration = (more: object = {}) => ({
  merchantId: MERCHANT,
  name: 'Main store',
  type: 'hybrid',
  connector: 'b2b-portal',
  credentials: { apiKey: PORTAL_KEY, apiSecret: PORTAL_SECRET },
  settings: { baseUrl: hub.portal.url, merchantId: 'm-9' },
  enabled: false,
  ...more,
});

it('G1 G24 creates, reads, lists, updates and deletes integrations in the documented envelopes', async () => {
  const created = await call('POST', PATH, integration());
  const { id } = created.body.data as { id: string };
  const read = await call('GET', `${PATH}/${id}`);
  const updated = await call('PATCH', `${PATH}/${id}`, { name: 'Renamed', type: 'polling', settings: { timeout: 99 } });
  const listed = await call('GET', `${PATH}?page=2&limit=1`);
  const deleted = await call('DELETE', `${PATH}/${id}`);

  expect(created).toMatchObject({
    status: 201,
    body: { success: true, data: { type: 'hybrid', credentialsConfigured: true }, requestId: expect.any(String) },
  });
  expect(JSON.stringify([created, read, updated, listed])).not.toContain(PORTAL_SECRET);
  expect(read.body.data).toEqual(created.body.data);
  expect(updated.body.data).toMatchObject({ name: 'Renamed', type: 'polling', settings: { timeout: 99 } });
  expect(listed.body).toMatchObject({
    data: [{ id: 'b2b-portal' }],
    pagination: { page: 2, limit: 1, total: 2, totalPages: 2 },
  });
  expect(deleted.body).toMatchObject({ success: true, data: { id, deleted: true } });
  expect((await call('GET', `${PATH}?connector=b2b-portal`)).body.data).toMatchObject([{ id: 'b2b-portal' }]);
});

it('G1 G24 names what is wrong, and shows nobody another merchant’s integrations', async () => {
  const stranger = await hub.as({ role: 'admin', merchantId: 'another-shop' });
  const viewer = await hub.as({ role: 'viewer' });
  const nobody = await hub.as(null);

  expect(await call('POST', PATH, integration({ settings: { merchantId: 'x' } }))).toMatchObject({
    status: 400,
    body: { success: false, code: 'BAD_USER_INPUT', field: 'settings.baseUrl', requestId: expect.any(String) },
  });
  expect(await call('POST', PATH, integration({ type: 'sometimes' }))).toMatchObject({ body: { field: 'type' } });
  expect(await call('GET', `${PATH}?limit=0`)).toMatchObject({ status: 400, body: { field: 'limit' } });
  expect(await call('GET', OWN, undefined, stranger)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  expect(await call('DELETE', OWN, undefined, stranger)).toMatchObject({ status: 404 });
  expect((await call('GET', PATH, undefined, stranger)).body.data).toEqual([]);
  expect(await call('DELETE', OWN, undefined, viewer)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  expect(await call('GET', PATH, undefined, nobody)).toMatchObject({ status: 401 });
});

it('G2 triggers a sync with type, priority and delay', async () => {
  const started = await call('POST', `${OWN}/sync`, { type: 'orders', priority: 1, delay: 0 });
  const { syncEventId } = started.body.data as { syncEventId: string };

  const SHOW = 'query ($id: ID!) { syncEvent(id: $id) { status operation entityType } }';
  const { syncEvent } = await eventually(
    () => hub.admin.ask<{ syncEvent: { status: string } }>(SHOW, { id: syncEventId }),
    ({ syncEvent: { status } }) => status === 'SUCCESS',
  );

  expect(started).toMatchObject({ status: 202, body: { data: { type: 'order', status: expect.any(String) } } });
  expect(syncEvent).toMatchObject({ operation: 'QUERY', entityType: 'ORDER' });
  expect(await call('POST', `${OWN}/sync`, { type: 'weather' })).toMatchObject({
    status: 400,
    body: { field: 'type' },
  });
  expect(await call('POST', `${OWN}/sync`, { type: 'inventory' })).toMatchObject({ body: { code: 'UNSUPPORTED' } });
  expect(await call('POST', `${OWN}/sync`, { type: 'orders', priority: 1000 })).toMatchObject({
    body: { field: 'priority' },
  });
});

it('G3 tests a connection: well, and away', async () => {
  const away = await call('POST', PATH, integration({ settings: { baseUrl: 'http://127.0.0.1:9', merchantId: 'm' } }));
  const { id } = away.body.data as { id: string };

  expect(await call('POST', `${OWN}/test-connection`)).toMatchObject({
    status: 200,
    body: { data: { connected: true, latencyMs: expect.any(Number), errorCode: null } },
  });
  expect(await call('POST', `${PATH}/${id}/test-connection`)).toMatchObject({
    status: 200,
    body: { data: { connected: false, errorCode: 'UPSTREAM_UNREACHABLE' } },
  });
  await call('DELETE', `${PATH}/${id}`);
});

/** A webhook by the gateway's scheme. */
async function sendWebhook(eventType: string, data: object, secret = SECRET) {
  const body = JSON.stringify({ eventType, data });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const response = await fetch(`${hub.url}/webhooks/b2b-portal`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-webhook-signature': `sha256=${signature}`,
      'x-webhook-timestamp': new Date().toISOString(),
    },
  });
  return { status: response.status, body: (await response.json()) as { data: { status: string } } };
}

it('G4 G5 registers a webhook: its secret signs, its events are applied and others are kept', async () => {
  const order = await idOf(createOrder(hub.admin, orderInput()));
  await settled(hub.admin, 'order', order, 'SYNCED');
  const events = ['order.updated', 'inventory.changed'];
  const url = 'https://your-platform.com/webhooks/integration';

  const registered = await call('POST', `${OWN}/webhook/register`, { url, events, secret: SECRET });

  expect(registered).toMatchObject({
    status: 201,
    body: { data: { integrationId: 'b2b-portal', webhookPath: '/webhooks/b2b-portal', url, events } },
  });
  expect(JSON.stringify(registered)).not.toContain(SECRET);
  expect(await sendWebhook('order.updated', { entityId: order, status: 'confirmed' })).toMatchObject({
    status: 200,
    body: { data: { status: 'PROCESSED' } },
  });
  expect(await sendWebhook('order.created', { entityId: order, status: 'shipped' })).toMatchObject({
    status: 200,
    body: { data: { status: 'IGNORED' } },
  });
  expect(await sendWebhook('order.updated', { entityId: order, status: 'shipped' }, PORTAL_SECRET)).toMatchObject({
    status: 401,
  });
  const SHOW = `query ($id: ID!) { order(id: $id) { status }
    webhookEvents(filter: { status: [IGNORED] }) { nodes { errorCode } } }`;
  expect(await hub.admin.ask(SHOW, { id: order })).toEqual({
    order: { status: 'CONFIRMED' },
    webhookEvents: { nodes: [{ errorCode: 'EVENT_NOT_REGISTERED' }] },
  });
  const sealed = await hub.db.pool.query('select sealed_secret::text as sealed from webhook_registrations');
  expect(JSON.stringify(sealed.rows)).not.toContain(SECRET);
  expect(await call('POST', `${OWN}/webhook/register`, { url: 'x', secret: 'short' })).toMatchObject({ status: 400 });
});

it('G4 G5 takes nothing unsigned where the registered secret is the only one', async () => {
  const own = { merchantId: MERCHANT, connector: 'b2b-portal', type: 'webhook', credentials: { apiKey: 'a-key' } };
  const settings = { baseUrl: hub.portal.url, merchantId: MERCHANT };
  const made = await call('POST', '/api/integrations', { ...own, name: 'No API secret', settings });
  const { id } = made.body.data as { id: string };
  const url = 'https://your-platform.com/webhooks/integration';
  await call('POST', `/api/integrations/${id}/webhook/register`, { url, secret: SECRET });

  const unsigned = await fetch(`${hub.url}/webhooks/${id}`, { method: 'POST', body: '{"eventType":"order.updated"}' });

  const events = await hub.admin.ask(`{ webhookEvents(filter: { integrationId: "${id}" }) { totalCount } }`);
  await call('DELETE', `/api/integrations/${id}`);

  expect(unsigned.status).toBe(401);
  expect(events).toEqual({ webhookEvents: { totalCount: 0 } });
});

it('G11 G12 tells the health and the figures of the system and of each integration', async () => {
  await settled(hub.admin, 'order', await idOf(createOrder(hub.admin, orderInput())), 'SYNCED');
  await call('POST', `${OWN}/test-connection`);
  const { metrics } = await hub.admin.ask<{ metrics: { syncs: { success: number } } }>(
    '{ metrics { syncs { success } } }',
  );
  const figures = {
    syncPerformance: { success: metrics.syncs.success, successRate: 1, throughputPerMinute: expect.any(Number) },
    errorRates: { total: 0, byCode: [], byCategory: [] },
    queueHealth: { active: 0, deadLetters: 0, processingMs: { averageMs: expect.any(Number) } },
    orderProcessing: { successRate: 1 },
    api: { durationMs: { p95Ms: expect.any(Number) }, statuses: expect.any(Array) },
  };

  expect(await call('GET', `${PATH}/system/health`)).toMatchObject({
    status: 200,
    body: { data: { status: 'HEALTHY', integrations: [{ integrationId: 'b2b-portal', status: 'HEALTHY' }] } },
  });
  const { components } = (await call('GET', '/health')).body.data as {
    components: { database: object; instances: object };
  };
  const now = { latencyMs: expect.any(Number), connections: expect.any(Number) };
  const { data: own } = (await call('GET', `${PATH}/system/health`)).body as { data: { components: object } };
  expect(components).toMatchObject({
    jobs: { health: 'HEALTHY', failed: [] },
    dispatcher: { health: 'HEALTHY', instances: 1 },
    instances: [{ memoryRatio: expect.any(Number), cpuRatio: expect.any(Number) }],
    upstreams: [{ connector: 'b2b-portal', health: 'HEALTHY' }],
  });
  expect(own).toMatchObject({ phase: 'ready', uptimeSeconds: expect.any(Number) });
  const { instances: _, ...unmoved } = components;
  expect(own.components).toMatchObject({ ...unmoved, database: { ...components.database, ...now } });
  expect(await call('GET', `${PATH}/system/metrics`)).toMatchObject({
    body: {
      data: { errorRate: 0, syncEvents: expect.arrayContaining([expect.objectContaining({ entityType: 'ORDER' })]) },
    },
  });
  expect(await call('GET', `${OWN}/metrics`)).toMatchObject({
    body: { data: { integrationId: 'b2b-portal', circuit: 'CLOSED', errorRate: 0, queueDepth: 0 } },
  });
  expect((await call('GET', `${PATH}/system/metrics`)).body.data).toMatchObject({
    ...figures,
    systemResources: {
      instances: expect.arrayContaining([expect.objectContaining({ memoryRatio: expect.any(Number) })]),
      databaseConnections: expect.any(Number),
    },
  });
  expect((await call('GET', `${OWN}/metrics`)).body.data).toMatchObject(figures);
  expect(await call('GET', `${PATH}/none/metrics`)).toMatchObject({ status: 404 });
});

it('G10 takes the document’s mappings as they are written, previews and publishes them', async () => {
  const mappings = [
    { sourceField: 'ITEM_CODE', targetField: 'products.sku', required: true },
    { sourceField: 'UNIT_PRICE', targetField: 'products.price', transformation: 'parseFloat', required: true },
    { sourceField: 'ON_HAND', targetField: 'inventory.stock', transformation: 'parseInt', defaultValue: 0 },
  ];

  const preview = await call('POST', `${OWN}/mappings/preview`, {
    mappings,
    sample: { ITEM_CODE: 'SKU-1', UNIT_PRICE: '29.990' },
  });
  const published = await call('PUT', `${OWN}/mappings`, { mappings });

  expect(preview.body.data).toMatchObject([
    { entityType: 'product', output: { sku: 'SKU-1', price: '29.990', onHand: 0 } },
    { entityType: 'inventory', output: { sku: 'SKU-1', price: '29.990', onHand: 0 } },
  ]);
  expect(published).toMatchObject({
    status: 200,
    body: {
      data: [
        { entityType: 'product', direction: 'inbound', version: 1, mappings },
        { entityType: 'inventory', version: 1, mappings },
      ],
    },
  });
  expect((await call('GET', `${OWN}/mappings`)).body.data).toEqual(published.body.data);
  const half = [...mappings.slice(0, 1), { sourceField: 'A', targetField: 'orders.colour' }];
  expect(await call('PUT', `${OWN}/mappings`, { mappings: half })).toMatchObject({
    status: 400,
    body: { field: 'mappings.1.targetField', error: expect.stringContaining('order.customer.name') },
  });
  expect((await call('GET', `${OWN}/mappings`)).body.data).toEqual(published.body.data);
  expect(await call('PUT', `${OWN}/mappings`, { mappings: [{ sourceField: 'A', targetField: 'sku' }] })).toMatchObject({
    status: 400,
    body: { field: 'mappings.0.targetField' },
  });
});

it('G10 gives outbound mappings back as they were put', async () => {
  const mappings = [{ sourceField: 'number', targetField: 'orders.reference', required: true }];

  const put = await call('PUT', `${OWN}/mappings`, { direction: 'outbound', mappings });
  const outbound = async () =>
    ((await call('GET', `${OWN}/mappings`)).body.data as unknown as { direction: string; mappings: object[] }[]).filter(
      ({ direction }) => direction === 'outbound',
    );
  const kept = await outbound();
  const again = await call('PUT', `${OWN}/mappings`, { direction: 'outbound', mappings: kept[0]?.mappings });

  const finance = await call('PUT', `${OWN}/mappings`, {
    mappings: [{ sourceField: 'memo', targetField: 'transactions.description' }],
  });

  expect([put.status, again.status, finance.status]).toEqual([200, 200, 200]);
  expect(kept).toMatchObject([{ entityType: 'order', mappings }]);
  expect(await outbound()).toMatchObject([{ entityType: 'order', mappings }]);
});

it('G18 refuses a schedule where only webhooks are taken, and the mode where there is a schedule', async () => {
  const update = (input: object) =>
    mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', { id: 'b2b-portal', ...input });
  await idOf(update({ mode: 'WEBHOOK' }));

  const interval = await update({ settings: { syncInterval: 300_000 } });
  const cron = await update({ settings: { schedule: '*/10 * * * *' } });
  await idOf(update({ mode: 'HYBRID', settings: { schedule: '*/10 * * * *' } }));
  const mode = await update({ mode: 'WEBHOOK' });
  await idOf(update({ settings: { schedule: null } }));

  const refused = (name: string) => ({
    id: null,
    userErrors: [
      { code: 'BAD_USER_INPUT', path: ['input', 'settings', name], message: expect.stringContaining('HYBRID') },
    ],
  });
  expect(interval).toMatchObject(refused('syncInterval'));
  expect([cron, mode]).toMatchObject([refused('schedule'), refused('schedule')]);
});

it('G18 asks a system by the schedule of its integration, applies what it says, and schedules the next time', async () => {
  const order = await idOf(createOrder(hub.admin, orderInput()));
  const { links } = await settled(hub.admin, 'order', order, 'SYNCED');
  await hub.portal.control.advance({ id: links[0]?.externalId ?? '', status: 'DELIVERED', webhook: false });
  const SHOW = `query ($id: ID!) { order(id: $id) { status }
    integration(id: "b2b-portal") { polling { schedule nextRunAt lastRunAt lastError } }
    syncEvents(filter: { entityId: "b2b-portal" }, first: 10) { nodes { operation entityType status } } }`;
  interface Shown {
    order: { status: string };
    integration: { polling: { nextRunAt: string; lastRunAt: string } | null };
    syncEvents: { nodes: object[] };
  }
  const poll = () => hub.admin.ask('mutation { runJob(name: "start-pulls") { userErrors { code } } }');

  await call('PATCH', OWN, { settings: { syncInterval: 300_000 } });
  const shown = await eventually(
    async () => {
      // Refused while the clock's own run lasts.
      await poll();
      return hub.admin.ask<Shown>(SHOW, { id: order });
    },
    ({ order: { status } }) => status === 'DELIVERED',
  );

  expect(shown.integration.polling).toMatchObject({ schedule: 'every 300000 ms', lastError: null });
  const { nextRunAt = '', lastRunAt = '' } = shown.integration.polling ?? {};
  expect(Date.parse(nextRunAt) - Date.parse(lastRunAt)).toBeGreaterThan(290_000);
  expect(shown.syncEvents.nodes).toContainEqual({ operation: 'QUERY', entityType: 'ORDER', status: 'SUCCESS' });
  expect(await call('PATCH', OWN, { settings: { schedule: 'now and then' } })).toMatchObject({
    status: 400,
    body: { field: 'settings.schedule' },
  });
});
