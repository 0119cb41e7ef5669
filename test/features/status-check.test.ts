import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { type FlashErpHub, startFlashErpHub } from './flasherp-hub.js';
import { createInvoice, createOrder, idOf, mutate, orderInput } from './order-client.js';

const KEYS = { apiKey: 'extensiv-client-1', apiSecret: 'extensiv-secret-1234567890' };
let hub: FlashErpHub;
let warehouse: SpawnedSimulator;

beforeAll(async () => {
  warehouse = await spawnSimulator('extensiv', KEYS);
  hub = await startFlashErpHub({
    EXTENSIV_BASE_URL: warehouse.url,
    EXTENSIV_CLIENT_ID: KEYS.apiKey,
    EXTENSIV_CLIENT_SECRET: KEYS.apiSecret,
  });
  const calm = { circuitFailures: 1000, ratePerSecond: null };
  const changes = { extensiv: { ...calm, readRetryBaseMs: 5 }, 'b2b-portal': calm };
  for (const [id, settings] of Object.entries(changes))
    await idOf(mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', { id, settings }));
  await hub.portal.control.configure({ webhookUrl: null });
});
afterEach(() => hub.portal.control.clearFaults());
afterAll(async () => {
  await hub.stop();
  await warehouse.stop();
});

interface Shown {
  status: string;
  trackingNumbers: string[];
  links: { state: string; externalId: string | null; syncedAt: string | null; integration: { id: string } }[];
}

const LINKS = 'links { state externalId syncedAt integration { id } }';
const show = async (id: string) =>
  (
    await hub.admin.ask<{ order: Shown }>(`query ($id: ID!) { order(id: $id) { status trackingNumbers ${LINKS} } }`, {
      id,
    })
  ).order;
const showInvoice = async (id: string) =>
  (
    await hub.admin.ask<{ invoice: Shown & { paidAmount: string; paidAt: string | null } }>(
      `query ($id: ID!) { invoice(id: $id) { status paidAmount paidAt ${LINKS} } }`,
      { id },
    )
  ).invoice;
const idIn = (integration: string, { links }: Pick<Shown, 'links'>) =>
  links.find((link) => link.integration.id === integration)?.externalId ?? '';
const linkedIn = async (integration: string, ask: () => Promise<Pick<Shown, 'links'>>) =>
  idIn(
    integration,
    await eventually(ask, ({ links }) => links.length > 0 && links.every(({ state }) => state === 'SYNCED')),
  );

const TOLD = `select 1 from sync_events where entity_id = $1 and integration_id = 'b2b-portal' and status = 'SUCCESS'
  and payload ->> 'status' = 'EXPORTED'`;

/** An order that all systems have, with its id in one of them; the portal knows that the warehouse has it. */
async function orderIn(integration: string, more: object = {}) {
  const id = await idOf(createOrder(hub.admin, orderInput({ status: 'PAID', ...more })));
  await eventually(
    () => hub.db.pool.query(TOLD, [id]),
    ({ rows }) => rows.length > 0,
  );
  const externalId = await linkedIn(integration, () => show(id));
  return { id, externalId };
}

interface JobShown {
  name: string;
  running: boolean;
  lastStartedAt: string | null;
  lastOutcome: string | null;
  lastError: string | null;
}

/** Runs a job by hand to its end. */
async function run(name: string): Promise<JobShown> {
  const read = async () =>
    (
      await hub.admin.ask<{ jobs: JobShown[] }>('{ jobs { name running lastStartedAt lastOutcome lastError } }')
    ).jobs.find((job) => job.name === name) as JobShown;
  const before = (await read()).lastStartedAt;
  await hub.admin.ask('mutation ($name: String!) { runJob(name: $name) { userErrors { message } } }', { name });
  return eventually(read, (job) => !job.running && job.lastStartedAt !== before);
}

async function patch(externalId: string, change: object): Promise<void> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: KEYS.apiKey });
  form.set('client_secret', KEYS.apiSecret);
  const signedIn = await fetch(`${warehouse.url}/oauth/token`, { method: 'POST', body: form });
  const { access_token: token } = (await signedIn.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const url = `${warehouse.url}/api/v1/orders/${externalId}`;
  const answer = await fetch(url, { method: 'PATCH', headers, body: JSON.stringify(change) });
  expect(answer.status).toBe(200);
}

const webhooksOf = async (externalId: string) =>
  (await hub.db.pool.query('select 1 from webhook_events where external_id = $1', [externalId])).rows.length;
const askedAt = async (simulator: SpawnedSimulator, path: string) =>
  (await simulator.control.requests()).filter(({ method, url }) => method === 'GET' && url.startsWith(path)).length;

it('E12 an order that cannot be read at once nor by itself holds up none behind it, and is named', async () => {
  const bad = await orderIn('extensiv');
  const good = await orderIn('extensiv');
  await patch(bad.externalId, { status: '' });
  await warehouse.control.advance({ id: good.externalId, status: 'picking' });

  const failed = await run('follow-orders');
  const passed = await show(good.id);
  await warehouse.control.advance({ id: bad.externalId, status: 'picking' });
  const whole = await run('follow-orders');

  expect(passed.status).toBe('PICKING');
  expect(failed).toMatchObject({ lastOutcome: 'FAILED' });
  expect(failed.lastError).toContain(`1 of 2 could not be read, the others were: ${bad.id} (${bad.externalId})`);
  expect(whole).toMatchObject({ lastOutcome: 'OK', lastError: null });
  expect(await show(bad.id)).toMatchObject({ status: 'PICKING' });
});

it('B23 one order that the portal fails on holds up no other, by the job and by a sync of all', async () => {
  const [bad, first, second] = [await orderIn('b2b-portal'), await orderIn('b2b-portal'), await orderIn('b2b-portal')];
  const fault = { kind: 'status', status: 500, method: 'GET', count: null } as const;
  await hub.portal.control.addFault({ ...fault, path: `/orders/${bad.externalId}` });
  await hub.portal.control.advance({ id: first.externalId, status: 'PROCESSING', webhook: false });

  const job = await run('check-status');
  const moved = await show(first.id);
  await hub.portal.control.advance({ id: second.externalId, status: 'PROCESSING', webhook: false });
  const input = { integrationId: 'b2b-portal', entityType: 'ORDER' };
  const id = await idOf(mutate(hub.admin, 'startSync', 'StartSyncInput', 'syncEvent', input));
  const event = await eventually(
    async () =>
      (
        await hub.admin.ask<{ syncEvent: { status: string; errorMessage: string | null; retryCount: number } }>(
          'query ($id: ID!) { syncEvent(id: $id) { status errorMessage retryCount } }',
          { id },
        )
      ).syncEvent,
    ({ status }) => status === 'SUCCESS' || status === 'FAILED',
  );

  expect(job.lastError).toContain(`b2b-portal (UPSTREAM_UNAVAILABLE: 1 of`);
  expect(job.lastError).toContain(bad.id);
  expect(moved.status).toBe('PROCESSING');
  expect(await show(second.id)).toMatchObject({ status: 'PROCESSING' });
  expect(event).toMatchObject({ status: 'FAILED', retryCount: 1, errorMessage: expect.stringContaining(bad.id) });
});

it('B23 a check ends where the portal as a whole is down', async () => {
  await orderIn('b2b-portal');
  const before = await askedAt(hub.portal, '/orders');
  await hub.portal.control.addFault({ kind: 'status', status: 503, count: null });

  const job = await run('check-status');

  expect(job).toMatchObject({ lastOutcome: 'FAILED', lastError: expect.stringContaining('b2b-portal') });
  expect((await askedAt(hub.portal, '/orders')) - before).toBe(1);
});

it('E12 E13 a tracking number that comes after the order was shipped is taken, passed on and told once', async () => {
  const { id, externalId } = await orderIn('extensiv', { customer: { name: 'Ada', email: 'ada@example.com' } });
  const told = async () =>
    (await hub.db.pool.query('select kind, body from notifications where entity_id = $1 order by id', [id])).rows;
  await patch(externalId, { status: 'shipped' });
  await run('follow-orders');
  await eventually(told, (all) => all.some(({ kind }) => kind === 'order.shipped'));
  await patch(externalId, { tracking_number: '1Z-LATER' });

  await run('follow-orders');
  const messages = await eventually(told, (all) => all.some(({ kind }) => kind === 'order.tracking'));
  const passedOn = `select 1 from sync_events where entity_id = $1 and integration_id = 'b2b-portal'
    and operation = 'UPDATE' and status = 'SUCCESS' and payload -> 'trackingNumbers' ? '1Z-LATER'`;
  await eventually(
    () => hub.db.pool.query(passedOn, [id]),
    ({ rows }) => rows.length === 1,
  );
  const known = await webhooksOf(externalId);
  await run('follow-orders');
  const order = await show(id);

  expect(order).toMatchObject({ status: 'SHIPPED', trackingNumbers: ['1Z-LATER'] });
  expect(messages.at(-1)?.body).toContain('1Z-LATER');
  expect(messages.filter(({ kind }) => kind === 'order.tracking')).toHaveLength(1);
  expect(await webhooksOf(externalId)).toBe(known);
  expect((await told()).length).toBe(messages.length);
});

it('B2 a further part payment of an invoice is taken although its status stays', async () => {
  const order = await orderIn('b2b-portal');
  const number = `I-${order.id}`;
  const id = await idOf(createInvoice(hub.admin, { orderId: order.id, number }));
  const externalId = await linkedIn('flasherp', () => showInvoice(id));
  const pay = async (amount: string) => {
    const body = {
      hub_id: id,
      number,
      total: '199.98',
      currency: 'EUR',
      status: 'partially_paid',
      paid_amount: amount,
    };
    expect((await hub.callErp('PUT', `/invoices/${externalId}`, body)).status).toBe(200);
    await run('check-status');
    return (await showInvoice(id)).paidAmount;
  };

  const amounts = [await pay('50.00'), await pay('80.50')];
  await linkedIn('flasherp', () => showInvoice(id));
  const known = await webhooksOf(externalId);
  await run('check-status');

  expect(amounts).toEqual(['50.00', '80.50']);
  expect(await showInvoice(id)).toMatchObject({ status: 'PARTIALLY_PAID', paidAmount: '80.50' });
  expect(await webhooksOf(externalId)).toBe(known);
});
