import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { HubClient } from '../../demo/hub-client.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createInvoice, createOrder, idOf, mutate, orderInput, settled } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ env: { B2B_PORTAL_MAX_RETRIES: '8' } });
});
afterEach(() => hub.portal.control.clearFaults());
afterAll(() => hub.stop());

interface Blocker {
  entityType: string;
  entityId: string;
  code: string;
  message: string;
  since: string;
  nextStep: string;
  nextAt: string | null;
  mutation: string | null;
  variables: Record<string, unknown> | null;
  integration: { id: string } | null;
}

const FIELDS =
  'blockers { entityType entityId code message since nextStep nextAt mutation variables integration { id } }';

async function blockersOf(id: string, client: HubClient = hub.admin): Promise<Blocker[]> {
  const { order } = await client.ask<{ order: { blockers: Blocker[] } }>(
    `query ($id: ID) { order(id: $id) { ${FIELDS} } }`,
    { id },
  );
  return order.blockers;
}

const codes = (blockers: Blocker[]) => blockers.map(({ code }) => code);
const until = (id: string, ...wanted: string[]) =>
  eventually(
    () => blockersOf(id),
    (blockers) => wanted.every((code) => codes(blockers).includes(code)),
  );

/** Sends the mutation that a blocker names, with the arguments that it gives. */
async function mend(blocker: Blocker | undefined, argument: string, type: string): Promise<void> {
  const call = `mutation ($it: ${type}) { done: ${blocker?.mutation}(${argument}: $it) { userErrors { message } } }`;
  const { done } = await hub.admin.ask<{ done: { userErrors: unknown[] } }>(call, {
    it: blocker?.variables?.[argument],
  });
  expect(done.userErrors).toEqual([]);
}

it('N1 names the dead letter, its cause, and the mutation that puts it back', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 422, method: 'POST', message: 'The SKU is unknown' });
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const chain = await until(id, 'DEAD_LETTER');

  await mend(chain[0], 'id', 'ID!');
  await settled(hub.admin, 'order', id, 'SYNCED');

  expect(chain).toMatchObject([
    { code: 'DEAD_LETTER', mutation: 'retrySyncEvent', nextAt: null, integration: { id: 'b2b-portal' } },
    {
      code: 'UPSTREAM_REJECTED',
      message: expect.stringContaining('The SKU is unknown'),
      nextStep: expect.stringContaining('correct it by updateOrder'),
      mutation: 'updateOrder',
      variables: null,
    },
  ]);
  expect(await blockersOf(id)).toEqual([]);
});

it('N1 G20 names new credentials as what mends a refused key', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 401, method: 'POST', path: '/orders' });
  const id = await idOf(createOrder(hub.admin, orderInput()));

  const chain = await until(id, 'UPSTREAM_UNAUTHORIZED');
  await mend(chain[0], 'id', 'ID!');
  await settled(hub.admin, 'order', id, 'SYNCED');

  expect(chain[1]).toMatchObject({
    nextStep: expect.stringMatching(/set valid credentials .* redrive/),
    mutation: 'updateIntegration',
    variables: null,
  });
});

it('N1 G15 names an integration whose credentials cannot be read, of which an alert opens, too', async () => {
  const swap = (from: string, to: string) =>
    hub.db.pool.query(
      `update integrations set updated_at = now(), sealed_credentials = replace(sealed_credentials::text, $1, $2)::jsonb`,
      [from, to],
    );
  const { rows } = await hub.db.pool.query<{ key: string }>(
    `select sealed_credentials ->> 'keyId' as key from integrations`,
  );
  const key = rows[0]?.key ?? '';
  await swap(key, 'bygone00');
  const unwell = await eventually(
    async () => {
      await hub.admin.ask('mutation { runJob(name: "check-health") { userErrors { code } } }');
      return hub.admin.ask<{ alerts: { kind: string; message: string }[] }>('{ alerts(open: true) { kind message } }');
    },
    ({ alerts }) => alerts.some(({ kind }) => kind === 'CONNECTOR_DOWN'),
  );
  const id = await idOf(createOrder(hub.admin, orderInput()));

  const chain = await until(id, 'CONNECTOR_DOWN');
  await swap('bygone00', key);
  await settled(hub.admin, 'order', id, 'SYNCED');

  expect(chain.map(({ code, mutation }) => [code, mutation])).toEqual([
    ['WAITING', null],
    ['CONNECTOR_DOWN', 'testConnection'],
  ]);
  expect(chain[1]).toMatchObject({
    message: expect.stringContaining('no configured encryption key has the id bygone00'),
  });
  expect(unwell.alerts.find(({ kind }) => kind === 'CONNECTOR_DOWN')?.message).toMatch(/no configured encryption key/);
});

it('N1 names an open circuit and when it is tried again, then a disabled integration and how to enable it', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 503, method: 'POST', path: '/orders', count: null });
  const ids = await Promise.all(Array.from({ length: 6 }, () => idOf(createOrder(hub.admin, orderInput()))));
  const id = ids.at(-1) ?? '';
  const paused = await until(id, 'CIRCUIT_OPEN');
  const disable = { id: 'b2b-portal', enabled: false };
  await idOf(mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', disable));
  const disabled = await blockersOf(id);

  const { orders } = await hub.admin.ask<{ orders: { nodes: { id: string; blockers: Blocker[] }[] } }>(
    `{ orders(first: 20) { nodes { id ${FIELDS} } } }`,
  );
  const stranger = await hub.as({ role: 'viewer', merchantId: 'another' });
  const foreign = await stranger.ask('query ($id: ID) { order(id: $id) { id } }', { id });
  await mend(
    disabled.find(({ code }) => code === 'INTEGRATION_DISABLED'),
    'input',
    'UpdateIntegrationInput!',
  );

  expect(paused[0]).toMatchObject({ code: expect.stringMatching(/^WAITING/), nextAt: expect.any(String) });
  expect(paused.find(({ code }) => code === 'CIRCUIT_OPEN')).toMatchObject({
    nextAt: expect.any(String),
    mutation: 'testConnection',
    variables: { integrationId: 'b2b-portal' },
  });
  expect(paused.some(({ message }) => message.includes('503'))).toBe(true);
  expect(codes(disabled)).toContain('INTEGRATION_DISABLED');
  const listed = orders.nodes.filter((order) => ids.includes(order.id));
  expect(listed.map(({ blockers }) => codes(blockers).includes('INTEGRATION_DISABLED'))).toEqual(ids.map(() => true));
  expect(foreign).toEqual({ order: null });
  expect(codes(await blockersOf(id))).not.toContain('INTEGRATION_DISABLED');
});

it('N1 G20 names a test of the connection that ends the pause of an open circuit', async () => {
  await hub.db.pool.query(`update integration_gates set circuit = 'CLOSED', failures = 0, open_until = null`);
  await hub.portal.control.addFault({ kind: 'status', status: 503, method: 'POST', path: '/orders', count: null });
  const ids = await Promise.all(Array.from({ length: 6 }, () => idOf(createOrder(hub.admin, orderInput()))));
  const paused = await until(ids.at(-1) ?? '', 'CIRCUIT_OPEN');
  await hub.portal.control.clearFaults();

  await mend(
    paused.find(({ mutation }) => mutation === 'testConnection'),
    'integrationId',
    'ID!',
  );

  const late = Date.parse(String(paused[0]?.nextAt)) - Date.now();
  await settled(hub.admin, 'order', ids.at(-1) ?? '', 'SYNCED');
  expect(late).toBeGreaterThan(30_000);
});

it('N1 names the disabled integration that could have taken an order', async () => {
  const switched = (enabled: boolean) =>
    idOf(
      mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', { id: 'b2b-portal', enabled }),
    );
  await switched(false);
  const id = await idOf(createOrder(hub.admin, orderInput()));

  const chain = await blockersOf(id);
  await mend(chain[1], 'input', 'UpdateIntegrationInput!');
  await mend(chain[0], 'input', 'SyncEntityInput!');

  expect(chain).toMatchObject([
    { code: 'NOT_SENT', integration: null, mutation: 'syncOrder' },
    { code: 'INTEGRATION_DISABLED', integration: { id: 'b2b-portal' }, mutation: 'updateIntegration' },
  ]);
  await settled(hub.admin, 'order', id, 'SYNCED');
  expect(await blockersOf(id)).toEqual([]);
});

it('N1 names a webhook that could not be applied, and how to apply it after all', async () => {
  const input = orderInput({ merchantId: 'merchant-1', number: 'BLOCKED-1' });
  await hub.db.pool.query(`update integration_gates set circuit = 'CLOSED', failures = 0, open_until = null`);
  const id = await idOf(createOrder(hub.admin, input));
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');
  await hub.portal.control.sendWebhook({ id: String(links[0]?.externalId), status: 'ON_THE_MOON' });

  const chain = await until(id, 'WEBHOOK_FAILED');

  expect(chain).toMatchObject([
    {
      code: 'WEBHOOK_FAILED',
      mutation: 'replayWebhookEvents',
      variables: { filter: { integrationId: 'b2b-portal', entityId: id, status: ['FAILED', 'IGNORED'] } },
    },
    {
      code: 'UNMAPPED_STATUS',
      message: expect.stringContaining('ON_THE_MOON'),
      mutation: 'updateIntegration',
      variables: { input: { id: 'b2b-portal', mappings: { orders: { ON_THE_MOON: expect.any(String) } } } },
    },
  ]);
  await mend(chain[1], 'input', 'UpdateIntegrationInput!');
  await mend(chain[0], 'filter', 'WebhookEventFilter!');
  expect(await blockersOf(id)).toEqual([]);
});

it('N1 shows at an order what holds up its invoice', async () => {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  await settled(hub.admin, 'order', id, 'SYNCED');
  await hub.portal.control.addFault({ kind: 'status', status: 422, method: 'POST', message: 'The due date is wrong' });
  const invoiceId = await idOf(createInvoice(hub.admin, { orderId: id, number: 'INV-BLOCKED' }));

  const chain = await until(id, 'DEAD_LETTER');
  await mend(chain[0], 'id', 'ID!');
  await settled(hub.admin, 'invoice', invoiceId, 'SYNCED');

  expect(chain).toMatchObject([
    { code: 'DEAD_LETTER', entityType: 'INVOICE', entityId: invoiceId, mutation: 'retrySyncEvent' },
    { code: 'UPSTREAM_REJECTED', entityId: invoiceId, message: expect.stringContaining('The due date is wrong') },
  ]);
  expect(await blockersOf(id)).toEqual([]);
});

it('N1 says that nobody has taken an order', async () => {
  await idOf(mutate(hub.admin, 'createMerchant', 'CreateMerchantInput', 'merchant', { id: 'lonely' }));
  const id = await idOf(createOrder(hub.admin, orderInput({ merchantId: 'lonely' })));

  const blockers = await blockersOf(id);

  expect(blockers).toMatchObject([{ code: 'NOT_SENT', mutation: 'syncOrder', variables: { input: { id } } }]);
});
