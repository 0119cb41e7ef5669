import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createInvoice, createOrder, idOf, mutate, orderInput, settled, show } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterEach(() => hub.portal.control.clearFaults());
afterAll(() => hub.stop());

async function syncedOrder(): Promise<{ id: string; externalId: string }> {
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const { links } = await settled(hub.admin, 'order', id, 'SYNCED');
  return { id, externalId: links[0]?.externalId ?? '' };
}

interface Tried {
  status: string;
  retryCount: number;
  attempts: { startedAt: string; httpStatus: number | null }[];
}

/** The first sync event of an order or invoice, once it has ended. */
async function firstEvent(noun: 'order' | 'invoice', id: string): Promise<Tried> {
  const { syncEvents } = await eventually(
    () => show(hub.admin, noun, id),
    ({ syncEvents: { nodes } }) => nodes.length > 0 && nodes.every(({ status }) => /SUCCESS|FAILED/.test(status)),
  );
  const { syncEvent } = await hub.admin.ask<{ syncEvent: Tried }>(
    'query ($id: ID!) { syncEvent(id: $id) { status retryCount attempts { startedAt httpStatus } } }',
    { id: syncEvents.nodes.at(-1)?.id },
  );
  return syncEvent;
}

interface Blocker {
  code: string;
  nextStep: string;
  nextAt: string | null;
  mutation: string | null;
}

async function blockersOf(invoiceId: string): Promise<Blocker[]> {
  const { invoice } = await hub.admin.ask<{ invoice: { blockers: Blocker[] } }>(
    'query ($id: ID) { invoice(id: $id) { blockers { code nextStep nextAt mutation variables } } }',
    { id: invoiceId },
  );
  return invoice.blockers;
}

const waitsOf = ({ attempts }: Tried) =>
  attempts.slice(1).map(({ startedAt }, index) => Date.parse(startedAt) - Date.parse(`${attempts[index]?.startedAt}`));

const ORDER_STATUSES = [
  ['CONFIRMED', 'CONFIRMED'],
  ['PAYMENT_PENDING', 'PENDING'],
  ['PROCESSING', 'PROCESSING'],
  ['PENDING', 'PENDING'],
  ['SHIPPED', 'SHIPPED'],
  ['ON_HOLD', 'ON_HOLD'],
  ['DELIVERED', 'DELIVERED'],
  ['PAYMENT_FAILED', 'ON_HOLD'],
  ['RETURNED', 'RETURNED'],
  ['REFUNDED', 'REFUNDED'],
  ['CANCELLED', 'CANCELLED'],
];

it('B17 takes each of the eleven order statuses by webhook, the two lossy ones included', async () => {
  const { id, externalId } = await syncedOrder();

  const seen: (string | undefined)[][] = [];
  for (const [status = ''] of ORDER_STATUSES) {
    const [sent] = await hub.portal.control.sendWebhook({ id: externalId, status });
    const { data } = JSON.parse(sent?.answer ?? '{}') as { data?: { status: string } };
    seen.push([status, data?.status, (await show(hub.admin, 'order', id)).status]);
  }

  expect(seen).toEqual(ORDER_STATUSES.map(([theirs, ours]) => [theirs, ours, ours]));
});

const INVOICE_STATUSES = [
  ['DRAFT', 'DRAFT'],
  ['ISSUED', 'ISSUED'],
  ['SENT', 'SENT'],
  ['OVERDUE', 'OVERDUE'],
  ['VIEWED', 'SENT'],
  ['PARTIALLY_PAID', 'PARTIALLY_PAID'],
  ['PAID', 'PAID'],
  ['REFUNDED', 'REFUNDED'],
  ['CANCELLED', 'CANCELLED'],
  ['VOID', 'VOID'],
];

it('B18 takes each of the ten invoice statuses by webhook, VIEWED as SENT', async () => {
  const order = await syncedOrder();
  const id = await idOf(createInvoice(hub.admin, { orderId: order.id, number: 'INV-EACH' }));
  const { links } = await settled(hub.admin, 'invoice', id, 'SYNCED');

  const seen: (string | undefined)[][] = [];
  for (const [status = ''] of INVOICE_STATUSES) {
    await hub.portal.control.sendWebhook({ id: links[0]?.externalId ?? '', status });
    seen.push([status, (await show(hub.admin, 'invoice', id)).status]);
  }

  expect(seen).toEqual(INVOICE_STATUSES);
});

it('B27 calls the portal ten times a second and no more, by default', async () => {
  const ids = await Promise.all(Array.from({ length: 25 }, () => idOf(createOrder(hub.admin, orderInput()))));

  const events = await Promise.all(ids.map((id) => firstEvent('order', id)));

  const starts = events.map(({ attempts }) => Date.parse(attempts[0]?.startedAt ?? '')).sort((a, b) => a - b);
  expect(events.map(({ status }) => status)).toEqual(ids.map(() => 'SUCCESS'));
  // Twenty-four tenths of a second lie between the first token and the last; a claim may start what it took a little later.
  expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(1900);
});

it('B22 B23 B26 N1 tries again three times after 1, 2 and 4 s on 429, 500, 502, 503 and 504, and then when the job runs, as its blockers say', async () => {
  const order = await syncedOrder();
  // The circuit would open in between.
  await mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', {
    id: 'b2b-portal',
    settings: { circuitFailures: 100 },
  });
  for (const status of [429, 500, 502])
    await hub.portal.control.addFault({ kind: 'status', status, path: '/orders', method: 'POST' });
  for (const status of [503, 504, 500, 503])
    await hub.portal.control.addFault({ kind: 'status', status, path: '/invoices', method: 'POST' });

  const saved = await idOf(createOrder(hub.admin, orderInput()));
  const lost = await idOf(createInvoice(hub.admin, { orderId: order.id, number: 'INV-LOST' }));
  const [won, failed] = await Promise.all([firstEvent('order', saved), firstEvent('invoice', lost)]);
  const paused = await blockersOf(lost);
  await hub.db.pool.query(`update jobs set paused = false, next_run_at = '2100-01-01' where name = 'retry-failed'`);
  const awaited = await blockersOf(lost);
  const asked = await hub.admin.ask('mutation { runJob(name: "retry-failed") { userErrors { code } } }');
  const { links } = await settled(hub.admin, 'invoice', lost, 'SYNCED');

  const statuses = ({ attempts }: Tried) => attempts.map(({ httpStatus }) => httpStatus);
  expect(won).toMatchObject({ status: 'SUCCESS', retryCount: 3 });
  expect(statuses(won)).toEqual([429, 500, 502, 201]);
  expect(failed).toMatchObject({ status: 'FAILED', retryCount: 3 });
  expect(statuses(failed)).toEqual([503, 504, 500, 503]);
  for (const waits of [waitsOf(won), waitsOf(failed)])
    for (const [index, ms] of [1000, 2000, 4000].entries()) expect(waits[index]).toBeGreaterThanOrEqual(ms);
  const deadLetter = { code: 'DEAD_LETTER', mutation: 'retrySyncEvent' };
  const unavailable = { code: 'UPSTREAM_UNAVAILABLE' };
  expect(paused.slice(0, 2)).toMatchObject([
    { ...deadLetter, nextAt: null, nextStep: expect.stringMatching(/^Nothing happens by itself/) },
    { ...unavailable, nextAt: null, mutation: 'skipSyncEvent' },
  ]);
  expect(awaited.slice(0, 2)).toMatchObject([
    { ...deadLetter, nextAt: '2100-01-01T00:00:00Z', nextStep: expect.stringMatching(/^It is tried again by itself/) },
    { ...unavailable, mutation: 'testConnection', variables: { integrationId: 'b2b-portal' } },
  ]);
  expect(asked).toEqual({ runJob: { userErrors: [] } });
  expect(links[0]?.externalId).toEqual(expect.any(String));
});

it('B26 removes what is old when its jobs run, which the schema lists with the documented timetable', async () => {
  const { id, externalId } = await syncedOrder();
  await hub.portal.control.sendWebhook({ id: externalId, status: 'SHIPPED', eventId: 'evt-old' });
  const before = await show(hub.admin, 'order', id);
  await hub.db.pool.query(`update sync_events set created_at = now() - interval '91 days'`);
  await hub.db.pool.query(`update webhook_events set created_at = now() - interval '31 days'`);

  for (const name of ['remove-old-events', 'remove-old-webhooks'])
    await hub.admin.ask('mutation ($name: String!) { runJob(name: $name) { userErrors { code } } }', { name });
  const after = await eventually(
    () =>
      hub.admin.ask<{ syncEvents: object; webhookEvents: object }>(
        '{ syncEvents { totalCount } webhookEvents { totalCount } }',
      ),
    (left) => JSON.stringify(left).match(/"totalCount":0/g)?.length === 2,
  );
  const { jobs } = await hub.admin.ask<{ jobs: { name: string; schedule: string }[] }>('{ jobs { name schedule } }');

  expect(before.syncEvents.nodes).toHaveLength(2);
  expect(after).toEqual({ syncEvents: { totalCount: 0 }, webhookEvents: { totalCount: 0 } });
  expect(Object.fromEntries(jobs.map(({ name, schedule }) => [name, schedule]))).toMatchObject({
    'retry-failed': '*/5 * * * *',
    'check-status': '*/15 * * * *',
    'remove-old-events': '10 2 * * *',
    'remove-old-webhooks': '20 2 * * *',
  });
});
