import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { type FlashErpHub, sendWebhook, startFlashErpHub } from './flasherp-hub.js';
import { idOf, mutate } from './order-client.js';

let hub: FlashErpHub;
beforeAll(async () => {
  hub = await startFlashErpHub();
});
afterEach(() => hub.erp.control.clearFaults());
afterAll(() => hub.stop());

interface Shown {
  status: string;
  customer: { links: { state: string; externalId: string | null }[] } | null;
  links: { state: string; externalId: string | null }[];
  syncEvents: {
    nodes: { id: string; status: string; errorCode: string | null; retryCount: number; attempts: object[] }[];
  };
}

const LINKS = 'links { state externalId }';
const FIELDS = `status customer { ${LINKS} } ${LINKS} syncEvents { nodes { id status errorCode retryCount attempts { number } } }`;

async function show(noun: string, id: string): Promise<Shown> {
  const { shown } = await hub.admin.ask<{ shown: Shown }>(
    `query ($id: ID!) { shown: ${noun}(id: $id) { ${FIELDS} } }`,
    { id },
  );
  return shown;
}

const synced = (noun: string, id: string) =>
  eventually(
    () => show(noun, id),
    ({ links, syncEvents }) =>
      links[0]?.state === 'SYNCED' && syncEvents.nodes.every(({ status }) => status === 'SUCCESS'),
  );

async function records(collection: string): Promise<Record<string, unknown>[]> {
  return (await hub.erp.control.state())[collection] as never;
}

it('F1 F2 sends the customer before the transaction that needs it, with no attempt lost', async () => {
  await hub.erp.control.addFault({ kind: 'status', status: 503 });
  const id = await idOf(hub.createTransaction({ reference: 'pi_1', customer: { reference: 'u1', name: 'Ayşe' } }));

  const shown = await synced('transaction', id);

  const customerId = shown.customer?.links[0]?.externalId;
  const [sent] = (await records('transactions')).filter(({ hub_id: hubId }) => hubId === id);
  expect(customerId).toEqual(expect.any(String));
  expect(sent).toMatchObject({ reference: 'pi_1', customer_id: customerId, status: 'SUCCEEDED' });
  expect(shown.syncEvents.nodes).toMatchObject([{ retryCount: 0, attempts: [{ number: 1 }] }]);
});

it('F2 waits for a customer that is refused, says so, and goes on as soon as that is mended', async () => {
  await hub.erp.control.addFault({ kind: 'status', status: 400 });
  const id = await idOf(hub.createTransaction({ reference: 'pi_2', customer: { reference: 'u2' } }));
  const waiting = await eventually(
    () => show('transaction', id),
    ({ customer, syncEvents }) =>
      customer?.links[0]?.state === 'FAILED' && syncEvents.nodes[0]?.errorCode === 'DEPENDENCY_PENDING',
  );

  await hub.admin.ask('mutation { redriveSyncEvents(filter: { entityType: CUSTOMER }) { affected } }');
  const shown = await synced('transaction', id);

  expect(waiting.syncEvents.nodes[0]?.attempts).toEqual([]);
  expect(shown.syncEvents.nodes).toMatchObject([{ status: 'SUCCESS', errorCode: null, attempts: [{ number: 1 }] }]);
});

it('F1 F3 creates, updates and cancels subscriptions; one that fails stops none of fifty others', async () => {
  await hub.erp.control.addFault({ kind: 'status', status: 422 });
  const ids = await Promise.all(
    Array.from({ length: 51 }, (_, n) => idOf(hub.createSubscription({ reference: `sub-${n}` }))),
  );
  await eventually(
    () =>
      hub.admin.ask<Record<'done' | 'failed', { totalCount: number }>>(
        `query { done: syncEvents(filter: { entityType: BILLING_SUBSCRIPTION, status: [SUCCESS] }) { totalCount }
          failed: syncEvents(filter: { entityType: BILLING_SUBSCRIPTION, status: [FAILED] }) { totalCount } }`,
      ),
    ({ done, failed }) => done.totalCount === 50 && failed.totalCount === 1,
  );
  await hub.admin.ask('mutation { redriveSyncEvents(filter: { entityType: BILLING_SUBSCRIPTION }) { affected } }');
  const [id = ''] = ids;
  await idOf(
    mutate(hub.admin, 'cancelBillingSubscription', 'CancelBillingSubscriptionInput', 'billingSubscription', { id }),
  );

  const { links } = await synced('billingSubscription', id);

  const all = await eventually(
    () => records('subscriptions'),
    ({ length }) => length >= 51,
  );
  expect(all).toHaveLength(51);
  expect(all.find((one) => one['id'] === links[0]?.externalId)).toMatchObject({ status: 'CANCELLED' });
});

it('F12 applies a webhook once, whichever of its repetitions comes first', async () => {
  const id = await idOf(hub.createTransaction({ reference: 'pi_12' }));
  const { links } = await synced('transaction', id);
  const event = {
    id: 'fe_evt_1',
    type: 'transaction.refunded',
    created_at: new Date(Date.now() + 1000).toISOString(),
    data: { id: links[0]?.externalId },
  };

  const answers = await Promise.all([1, 2, 3].map(() => sendWebhook(hub, event)));

  const { status, syncEvents } = await show('transaction', id);
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  expect(status).toBe('REFUNDED');
  expect(syncEvents.nodes).toHaveLength(2);
});

it('F12 says in plain words what a webhook did to a subscription', async () => {
  const id = await idOf(hub.createSubscription({ reference: 'sub-12' }));
  const { links } = await synced('billingSubscription', id);
  const data = { id: links[0]?.externalId, status: 'past_due' };

  const answer = await sendWebhook(hub, {
    id: 'fe_evt_sub',
    type: 'subscription.updated',
    created_at: new Date(Date.now() + 1000).toISOString(),
    data,
  });

  expect(await answer.json()).toMatchObject({
    data: {
      status: 'PROCESSED',
      entityType: 'BILLING_SUBSCRIPTION',
      message: 'Billing subscription status updated successfully',
    },
  });
});

it('F12 refuses webhooks that are badly signed, too old or from the future, and stores nothing of them', async () => {
  const event = { id: 'fe_evt_bad', type: 'invoice.paid', data: { id: 'x' } };

  const bad = await sendWebhook(hub, event, { secret: 'another' });
  const old = await sendWebhook(hub, event, { at: Date.now() - 301_000 });
  const early = await sendWebhook(hub, event, { at: Date.now() + 302_000 });
  const unknown = await sendWebhook(hub, { ...event, id: 'fe_evt_odd', type: 'report.made' });

  const { webhookEvents } = await hub.admin.ask<{ webhookEvents: { nodes: { eventId: string }[] } }>(
    'query { webhookEvents { nodes { eventId } } }',
  );
  const bodies = await Promise.all([bad, old, early, unknown].map((answer) => answer.json()));
  expect([bad, old, early, unknown].map(({ status }) => status)).toEqual([401, 401, 401, 400]);
  expect(bodies).toMatchObject([
    { code: 'SIGNATURE_INVALID' },
    { code: 'TIMESTAMP_STALE' },
    { code: 'TIMESTAMP_STALE' },
    { code: 'INVALID_SHAPE' },
  ]);
  expect(webhookEvents.nodes.map(({ eventId }) => eventId)).not.toContain('fe_evt_bad');
});

it('F12 answers health, and F13 takes 100 webhooks a minute from one caller at whichever hub, then 429 with Retry-After', async () => {
  const hubs = [hub, await hub.startAnother()] as const;
  const health = await fetch(`${hub.url}/api/webhooks/flasherp/health`);
  // The minute begins here, not at an earlier test's webhook.
  await hub.db.pool.query('delete from rate_windows');
  const statuses: number[] = [];
  let retryAfter: string | null = null;
  for (let n = 0; n < 120 && retryAfter === null; n += 1) {
    const answer = await sendWebhook(
      hubs[n % 2] ?? hub,
      { id: 'e', type: 'customer.updated', data: { id: 'x' } },
      { secret: 'wrong' },
    );
    statuses.push(answer.status);
    retryAfter = answer.headers.get('retry-after');
  }
  await hubs[1].stop();

  expect(health.status).toBe(200);
  expect(statuses.at(-1)).toBe(429);
  expect(statuses.length).toBeLessThanOrEqual(101);
  expect(Number(retryAfter)).toBeGreaterThan(0);
});

it('F20 stops everything at once by the switch, keeps what is stored, and goes on when it is on again', async () => {
  const turn = (enabled: boolean) =>
    hub.admin.ask(
      `mutation { updateIntegration(input: { id: "flasherp", enabled: ${enabled} }) { integration { enabled } userErrors { message } } }`,
    );
  const before = await idOf(hub.createTransaction({ reference: 'pi_20' }));
  await synced('transaction', before);
  await turn(false);
  const id = await idOf(hub.createTransaction({ reference: 'pi_21' }));
  const off = await show('transaction', id);
  const sync = () =>
    mutate(hub.admin, 'syncTransaction', 'SyncEntityInput', 'syncEvent', { id, integrationId: 'flasherp' });
  const refused = await sync();

  await turn(true);
  await idOf(sync());
  await synced('transaction', id);

  expect(off.links).toEqual([]);
  expect(refused.userErrors).toMatchObject([{ code: 'INTEGRATION_DISABLED' }]);
  expect((await show('transaction', before)).links).toMatchObject([{ state: 'SYNCED' }]);
});
