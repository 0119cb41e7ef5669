import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { PORTAL_KEY, PORTAL_SECRET, startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, mutate, orderInput, settled } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ env: { B2B_PORTAL_TIMEOUT: '1234', B2B_PORTAL_MAX_RETRIES: '2' } });
});
afterAll(() => hub.stop());

const integrationInput = (more: object = {}) => ({
  merchantId: 'shop-2',
  name: 'Second portal',
  connector: 'b2b-portal',
  mode: 'HYBRID',
  credentials: { apiKey: PORTAL_KEY, apiSecret: PORTAL_SECRET },
  settings: { baseUrl: hub.portal.url, merchantId: 'shop-2' },
  ...more,
});
const create = (input: object) =>
  mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', input);
const update = (input: object) =>
  mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', input);

const SHOW = `query ($id: ID!) { integration(id: $id) {
  id merchantId connector enabled settings configuredBy credentialsConfigured } }`;
const show = async (id: string) =>
  (await hub.admin.ask<{ integration: Record<string, unknown> | null }>(SHOW, { id })).integration;

it('B8 is configured by the environment, under the connector’s name and with its values', async () => {
  expect(await show('b2b-portal')).toMatchObject({
    configuredBy: 'ENVIRONMENT',
    credentialsConfigured: true,
    settings: { baseUrl: hub.portal.url, timeout: 1234, maxRetries: 2 },
  });
});

it('B8 is configured in code: a second merchant’s orders go by its own integration', async () => {
  const integration = await idOf(create(integrationInput()));
  const id = await idOf(createOrder(hub.admin, orderInput({ merchantId: 'shop-2' })));

  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');

  const ASK = 'query ($id: ID!) { order(id: $id) { links { integration { id } } } }';
  expect(await hub.admin.ask(ASK, { id })).toEqual({ order: { links: [{ integration: { id: integration } }] } });
  const requests = (await hub.portal.control.requests()).filter(({ url }) => url.includes('/orders'));
  expect(requests.at(-1)?.headers['x-merchant-id']).toBe('shop-2');
  expect(links).toHaveLength(1);
});

it('G1 publishes what each connector wants to be configured with, so that a form can be drawn', async () => {
  const ASK = `{ connectors {
    name title sends modes receivesWebhooks settingsSchema credentialsSchema defaultSettings } }`;

  const { connectors } = await hub.admin.ask<{ connectors: Record<string, unknown>[] }>(ASK);

  expect(connectors.find(({ name }) => name === 'b2b-portal')).toMatchObject({
    title: 'B2B Portal',
    sends: ['ORDER', 'INVOICE'],
    modes: ['POLLING', 'WEBHOOK', 'HYBRID'],
    receivesWebhooks: true,
    settingsSchema: {
      required: ['baseUrl', 'merchantId'],
      properties: {
        baseUrl: { title: 'Address', format: 'uri', description: expect.any(String) },
        timeout: { title: 'Timeout', type: 'integer', minimum: 1, default: 30_000 },
      },
    },
    credentialsSchema: {
      required: ['apiKey'],
      properties: { apiKey: { type: 'string', format: 'password', writeOnly: true }, apiSecret: { writeOnly: true } },
    },
    defaultSettings: { timeout: 30_000, maxRetries: 3, strictMapping: false },
  });
  for (const { name, credentialsSchema } of connectors) {
    const { properties = {} } = credentialsSchema as { properties?: Record<string, object> };
    for (const field of Object.values(properties)) expect({ name, ...field }).toMatchObject({ writeOnly: true });
  }
});

it('B28 names the wrong fields of a configuration', async () => {
  const wrong = integrationInput({ credentials: { apiKey: '' }, settings: { merchantId: 'x', timeout: -5, foo: 1 } });

  const { id, userErrors } = await create(wrong);

  expect(id).toBeNull();
  expect(userErrors.map(({ path }) => path?.join('.'))).toEqual(
    expect.arrayContaining(['input.credentials.apiKey', 'input.settings.baseUrl', 'input.settings.timeout']),
  );
});

it('B19 names a wrong mapping as it was given', async () => {
  const mappings = { orders: { AT_THE_DOCK: 'NOWHERE' } };

  const { id, userErrors } = await create(integrationInput({ mappings }));

  expect(id).toBeNull();
  expect(userErrors[0]?.path).toEqual(['input', 'mappings', 'orders', 'AT_THE_DOCK']);
  expect(userErrors[0]?.message).toMatch(/^mappings\.orders\.AT_THE_DOCK: .*found "NOWHERE"/);
});

it('works by a changed configuration in every instance, and stops when it is disabled', async () => {
  const id = await idOf(
    create(integrationInput({ merchantId: 'shop-3', settings: { ...integrationInput().settings } })),
  );
  const other = await hub.startAnother();
  try {
    await idOf(update({ id, enabled: false }));
    const order = await idOf(createOrder(hub.admin, orderInput({ merchantId: 'shop-3' })));
    const shown = await hub.admin.ask<{ order: { links: object[] } }>(
      'query ($id: ID!) { order(id: $id) { links { state } } }',
      { id: order },
    );

    expect(shown.order.links).toEqual([]);
    expect(await mutate(hub.admin, 'syncOrder', 'SyncEntityInput', 'syncEvent', { id: order })).toMatchObject({
      userErrors: [{ code: 'INVALID_STATE', path: ['input', 'integrationId'] }],
    });
    await idOf(update({ id, enabled: true }));
    await idOf(mutate(hub.admin, 'syncOrder', 'SyncEntityInput', 'syncEvent', { id: order }));
    await settled(hub.admin, 'order', order, 'SYNCED');
  } finally {
    await other.stop();
  }
});

it('never shows credentials: not in the schema, not in the audit log', async () => {
  const id = await idOf(create(integrationInput({ merchantId: 'shop-4' })));
  await idOf(update({ id, credentials: { apiKey: 'another-key-1234567890' } }));

  const everything = JSON.stringify(
    await hub.admin.ask(
      `query ($id: ID!) {
      integration(id: $id) { settings mappings }
      auditLog(filter: { integrationId: $id }) { nodes { action details } }
    }`,
      { id },
    ),
  );

  expect(everything).toContain('integration.update');
  expect(everything).not.toContain(PORTAL_KEY);
  expect(everything).not.toContain(PORTAL_SECRET);
  expect(everything).not.toContain('another-key');
});

it('B24 G3 tests a connection, and says what to do where it fails', async () => {
  const TEST = `mutation ($id: ID!) { testConnection(integrationId: $id) {
    ok latencyMs errorCode errorMessage remedy integration { id } userErrors { code } } }`;
  const test = async (id: string) =>
    (await hub.admin.ask<{ testConnection: Record<string, unknown> }>(TEST, { id })).testConnection;
  const away = await idOf(
    create(integrationInput({ merchantId: 'shop-5', settings: { baseUrl: 'http://127.0.0.1:9', merchantId: 'm' } })),
  );

  const at = (merchantId: string, baseUrl: string) =>
    idOf(create(integrationInput({ merchantId, settings: { baseUrl, merchantId: 'm' } })));
  const nameless = await at('shop-7', 'http://nobody.invalid');
  const site = createServer((_, response) => response.end('<!doctype html><title>Sign in</title>'));
  await once(site.listen(0, '127.0.0.1'), 'listening');
  const page = await at('shop-8', `http://127.0.0.1:${(site.address() as AddressInfo).port}`);

  expect(await test('b2b-portal')).toMatchObject({ ok: true, latencyMs: expect.any(Number), errorCode: null });
  expect(await test(away)).toMatchObject({
    ok: false,
    errorCode: 'UPSTREAM_UNREACHABLE',
    errorMessage: expect.stringMatching(/ECONNREFUSED.*check the host and port/),
    remedy: expect.stringContaining('check the base URL'),
  });
  expect(await test(nameless)).toMatchObject({ errorMessage: expect.stringMatching(/this name has no address/) });
  expect(await test(page)).toMatchObject({ ok: false, errorMessage: expect.stringMatching(/it is a web page/) });
  expect(await test('nothing')).toMatchObject({ ok: false, userErrors: [{ code: 'NOT_FOUND' }] });
  site.close();
});

it('G4 tells where an integration takes its webhooks, and takes them there', async () => {
  const id = await idOf(create(integrationInput({ merchantId: 'shop-9' })));
  const { integration } = await hub.admin.ask<{ integration: { webhookPath: string } }>(
    'query ($id: ID!) { integration(id: $id) { webhookPath } }',
    { id },
  );

  const answer = await fetch(hub.url + integration.webhookPath, { method: 'POST', body: '{}' });

  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ code: 'SIGNATURE_INVALID' });
});

it('deletes an integration', async () => {
  const DELETE = 'mutation ($id: ID!) { deleteIntegration(id: $id) { integration { id } userErrors { code } } }';
  const id = await idOf(create(integrationInput({ merchantId: 'shop-6' })));

  expect(await hub.admin.ask(DELETE, { id })).toMatchObject({ deleteIntegration: { userErrors: [] } });
  expect(await update({ id, name: 'x' })).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] });
});

it('H2 a started sync brings a status back that no webhook told', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');
  await hub.portal.control.advance({ id: links[0]?.externalId ?? '', status: 'SHIPPED', webhook: false });

  const event = await idOf(
    mutate(hub.admin, 'startSync', 'StartSyncInput', 'syncEvent', { integrationId: 'b2b-portal', entityType: 'ORDER' }),
  );

  expect(event).toMatch(/^\d+$/);
  await eventually(
    () => hub.admin.ask<{ order: { status: string } }>('query ($id: ID!) { order(id: $id) { status } }', { id }),
    ({ order }) => order.status === 'SHIPPED',
  );
});

it('H5 runs, pauses and resumes jobs for admins of all merchants', async () => {
  const commandOf = (verb: string) =>
    `mutation ($name: String!) { ${verb}(name: $name) { job { name paused } userErrors { code } } }`;
  const name = 'retry-failed';
  const limited = await hub.as({ role: 'admin', merchantId: 'shop-2' });

  expect(await hub.admin.ask(commandOf('pauseJob'), { name })).toMatchObject({ pauseJob: { job: { paused: true } } });
  expect(await hub.admin.ask(commandOf('resumeJob'), { name })).toMatchObject({
    resumeJob: { job: { paused: false } },
  });
  expect(await hub.admin.ask(commandOf('runJob'), { name })).toMatchObject({
    runJob: { job: { name }, userErrors: [] },
  });
  expect(await hub.admin.ask(commandOf('runJob'), { name: 'x' })).toMatchObject({
    runJob: { job: null, userErrors: [{ code: 'NOT_FOUND' }] },
  });
  expect(await limited.ask(commandOf('runJob'), { name })).toMatchObject({
    runJob: { userErrors: [{ code: 'FORBIDDEN' }] },
  });
});

it('B8 a demo of before ends where the environment names a real system, and its merchant is no default any more', async () => {
  await hub.db.pool.query(`insert into merchants (id, name) values ('demo', 'Demo') on conflict do nothing`);
  await hub.db.pool.query(`insert into integrations (id, merchant_id, name, connector, configured_by)
    values ('stripe', 'demo', 'stripe', 'stripe', 'DEMO')`);

  const again = await hub.startAnother();
  await again.stop();

  const { integrations } = await hub.admin.ask<{ integrations: { id: string; configuredBy: string }[] }>(
    '{ integrations { id configuredBy } }',
  );
  expect(integrations.filter(({ configuredBy }) => configuredBy === 'DEMO')).toEqual([]);
  expect(integrations).toContainEqual({ id: 'b2b-portal', configuredBy: 'ENVIRONMENT' });
});
