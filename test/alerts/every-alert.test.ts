import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { type FlashErpHub, sendWebhook, startFlashErpHub } from '../features/flasherp-hub.js';
import { createOrder, idOf, orderInput } from '../features/order-client.js';
import { eventually } from '../harness/eventually.js';
import { holdUp } from '../harness/hold-up.js';

let hub: FlashErpHub;
let warehouse: SpawnedSimulator;

beforeAll(async () => {
  warehouse = await spawnSimulator('extensiv', { apiKey: 'client', apiSecret: 'client-secret' });
  hub = await startFlashErpHub({
    EXTENSIV_BASE_URL: warehouse.url,
    EXTENSIV_CLIENT_ID: 'client',
    EXTENSIV_CLIENT_SECRET: 'client-secret',
  });
  await ask(
    'mutation ($input: UpdateIntegrationInput!) { updateIntegration(input: $input) { userErrors { message } } }',
    {
      input: {
        id: 'flasherp',
        settings: { baseUrl: hub.erp.url, circuitOpenMs: 500, backoffBaseMs: 300, maxRetries: 50, ratePerSecond: null },
      },
    },
  );
});
afterAll(async () => {
  await hub.stop();
  await warehouse.stop();
});

const ask = <T = Record<string, { userErrors?: unknown[] }>>(query: string, variables = {}) =>
  hub.admin.ask<T>(query, variables);

interface Shown {
  kind: string;
  message: string;
  advice: string;
  remedy: string;
  link: string;
  closedAt: string | null;
  integration: { id: string } | null;
}

/** The newest alert of a kind about an integration, evaluated until it is as wanted. */
function alert(
  kind: string,
  integrationId: string | null,
  isWanted: (one: Shown) => boolean,
): Promise<Shown | undefined> {
  return eventually(
    async () => {
      await ask('mutation { runJob(name: "evaluate-alerts") { userErrors { code } } }');
      const { alerts } = await ask<{ alerts: Shown[] }>(
        '{ alerts { kind message advice remedy link closedAt integration { id } } }',
      );
      return alerts.find((one) => one.kind === kind && (one.integration?.id ?? null) === integrationId);
    },
    (one) => one !== undefined && isWanted(one),
  );
}

/** Opens, and tells what was measured and what to do, with a link to an operation that works. */
async function opens(kind: string, says: RegExp, about: string | null = 'flasherp') {
  const open = await alert(kind, about, ({ closedAt }) => closedAt === null);
  const query = new URL(open?.link ?? '', hub.url).searchParams.get('query') ?? '';
  const [first = ''] = query.split('\n\n');
  const shown = first.startsWith('mutation') ? null : await hub.admin.graphql(first);

  expect(open?.message).toMatch(says);
  expect(open?.message).toMatch(/ the limit of /);
  expect(open?.advice.length).toBeGreaterThan(20);
  // What is to be looked at first stands before it.
  expect(query.replace(/^query LookFirst .*\n\nmutation ThenMend/, 'mutation')).toBe(open?.remedy);
  expect(shown?.errors ?? []).toEqual([]);
}

const closes = (kind: string, about: string | null = 'flasherp') =>
  alert(kind, about, ({ closedAt }) => closedAt !== null);

/** Data, not configuration: what is changed holds from the next evaluation on. */
async function rule(id: string, changes: string): Promise<void> {
  const { updateAlertRule } = await ask(
    `mutation { updateAlertRule(input: { id: "${id}", ${changes} }) { userErrors { message } } }`,
  );
  expect(updateAlertRule?.userErrors).toEqual([]);
}

const limit = (threshold: number, more = '') => `threshold: ${threshold}, clearThreshold: ${threshold}${more}`;
const checkHealth = () => ask('mutation { testConnection(integrationId: "flasherp") { ok } }');
const fault = (status: number, method: string, path: string, count: number | null = null) =>
  hub.erp.control.addFault({ kind: 'status', status, method, path, count });

let made = 0;
async function transactions(count: number): Promise<string[]> {
  const references = Array.from({ length: count }, () => `pi_alert_${++made}`);
  await Promise.all(references.map((reference) => idOf(hub.createTransaction({ reference }))));
  return references;
}

const queueIsEmpty = () =>
  eventually(
    () =>
      ask<{ integrationMetrics: { queue: { active: number } } }>(
        '{ integrationMetrics(integrationId: "flasherp") { queue { active } } }',
      ),
    ({ integrationMetrics }) => integrationMetrics.queue.active === 0,
  );

it('G13 F12 REFUSED_WEBHOOKS whose secret was changed at the sender', async () => {
  const told = (id: string) =>
    sendWebhook(hub, { id, type: 'transaction.updated', data: { id } }, { secret: 'changed-at-the-sender' });
  const refused = await Promise.all(['a', 'b', 'c'].map(told));

  await opens('REFUSED_WEBHOOKS', /refused for their signature since one was taken is 3, at least the limit of 3/);

  // Taken, though the hub does not know what it is about.
  const taken = await sendWebhook(hub, { id: 'd', type: 'transaction.updated', data: { id: 'd', status: 'refunded' } });
  await closes('REFUSED_WEBHOOKS');
  const dismissed = await ask(
    'mutation { dismissWebhookEvents(filter: { integrationId: "flasherp" }, reason: "A test") { affected } }',
  );
  expect(refused.map(({ status }) => status)).toEqual([401, 401, 401]);
  expect(taken.status).toBe(202);
  expect(dismissed).toEqual({ dismissWebhookEvents: { affected: 1 } });
});

it('F19 UNHEALTHY, and G13 CONNECTOR_DOWN after three failed checks, until a check succeeds', async () => {
  await fault(503, 'GET', '/health');
  for (let n = 0; n < 3; n++) await checkHealth();

  await opens('CONNECTOR_DOWN', /health checks that failed in a row is 3, at least the limit of 3\. Last error: .*503/);
  await opens('UNHEALTHY', /not healthy is 1/);

  await hub.erp.control.clearFaults();
  await checkHealth();
  await closes('CONNECTOR_DOWN');
  await closes('UNHEALTHY');
});

it('G13 F19 RESPONSE_TIME, ERROR_RATE and FAILURE_RATE, until enough goes well again', async () => {
  await rule('response-time', limit(2500, ', minSamples: 1'));
  await rule('error-rate', 'minSamples: 1');
  await rule('flasherp-failure-rate', 'minSamples: 1');
  await hub.erp.control.addFault({ kind: 'latency', ms: 4000, method: 'POST', path: '/transactions' });
  await fault(422, 'POST', '/transactions', 1);
  await transactions(1);

  await opens('RESPONSE_TIME', /slowest twentieth of the calls is \d{4,} ms, above the limit of 2500 ms/);
  await transactions(1);
  await opens('ERROR_RATE', /share of calls that fail is 50 %, above the limit of 5 %/);
  await opens('FAILURE_RATE', /share of syncs that fail for good is 50 %, above the limit of 5 %/);

  await transactions(50);
  await queueIsEmpty();
  for (const kind of ['RESPONSE_TIME', 'ERROR_RATE', 'FAILURE_RATE']) await closes(kind);
});

it('F19 G13 G20 CIRCUIT_OPEN, RETRY_QUEUE and QUEUE_SIZE, until the system answers again', async () => {
  await rule('flasherp-retry-queue', limit(2));
  await rule('queue-size', limit(2));
  await fault(503, 'POST', '/transactions');
  await transactions(6);

  await opens('CIRCUIT_OPEN', /open circuits is 1, at least the limit of 1\. Last error: .*503/);
  await opens('QUEUE_SIZE', /events that wait is [3-6], above the limit of 2/);
  await opens('RETRY_QUEUE', /entities that wait for another try is [3-6], above the limit of 2/);

  await hub.erp.control.clearFaults();
  await queueIsEmpty();
  for (const kind of ['CIRCUIT_OPEN', 'QUEUE_SIZE', 'RETRY_QUEUE']) await closes(kind);
});

it('F19 RETRY_QUEUE counts what failed and is put back by itself, until it is delivered', async () => {
  const attempts = (maxRetries: number) =>
    ask('mutation ($input: UpdateIntegrationInput!) { updateIntegration(input: $input) { userErrors { message } } }', {
      input: { id: 'flasherp', settings: { maxRetries, redriveBaseMs: 0 } },
    });
  await rule('flasherp-retry-queue', limit(1));
  await attempts(0);
  await fault(503, 'POST', '/transactions', 2);
  await transactions(2);

  await opens('RETRY_QUEUE', /entities that wait for another try is 2, above the limit of 1/);
  const { dead } = await ask<{ dead: { totalCount: number } }>(
    '{ dead: syncEvents(filter: { integrationId: "flasherp", status: [FAILED] }) { totalCount } }',
  );

  await ask('mutation { runJob(name: "retry-failed") { userErrors { code } } }');
  await closes('RETRY_QUEUE');
  await attempts(50);
  expect(dead.totalCount).toBeGreaterThanOrEqual(2);
});

it('F19 F7 DISCREPANCIES of a reconciliation, until they are repaired', async () => {
  await hub.callErp('POST', '/customers', { hub_id: 'cus_unknown', name: 'Nobody', email: null });
  const { reconcile } = await ask<{ reconcile: { reconciliation: { id: string } } }>(
    'mutation { reconcile(input: { integrationId: "flasherp" }) { reconciliation { id } } }',
  );

  await opens(
    'DISCREPANCIES',
    /differences that the last reconciliation found and nobody has repaired is [1-9]\d*, above the limit of 0\.$/,
  );

  await ask(
    'mutation ($id: ID!) { repairDifferences(filter: { reconciliationId: $id }) { affected } }',
    reconcile.reconciliation,
  );
  await closes('DISCREPANCIES');
});

it('E11 G13 G20 EXPORT_EXHAUSTED, until the dead letter is redriven', async () => {
  await warehouse.control.addFault({ kind: 'status', status: 400, method: 'POST', path: '/api/v1/orders', count: 1 });
  await idOf(createOrder(hub.admin, orderInput({ status: 'PAID' })));

  await opens(
    'EXPORT_EXHAUSTED',
    /dead letters, syncs that have failed for good, is 1, above the limit of 0\. The last one: UPSTREAM_REJECTED: .*400/,
    'extensiv',
  );

  await ask('mutation { redriveSyncEvents(filter: { integrationId: "extensiv", status: [FAILED] }) { affected } }');
  await closes('EXPORT_EXHAUSTED', 'extensiv');
});

it('G13 MEMORY of the fullest instance', async () => {
  await rule('memory', limit(0.0001));
  await opens(
    'MEMORY',
    /^The hub: the share of memory that the fullest instance uses is \d+(\.\d)? %, above the limit of 0 %/,
    null,
  );

  await rule('memory', limit(0.999));
  await closes('MEMORY', null);
});

const told = (id: string) =>
  sendWebhook(hub, {
    id: `evt_${id}`,
    type: 'transaction.updated',
    created_at: new Date().toISOString(),
    data: { id, reference: id, hub_id: id, status: 'refunded' },
  });

it('G27 WAITING_WEBHOOKS and WAITING_WEBHOOK_AGE, until the entity appears or a person dismisses them', async () => {
  await rule('waiting-webhooks', limit(1));
  await rule('waiting-webhook-age', limit(0));
  const answers = [await told('tx_never'), await told('tx_never_either')];

  await opens(
    'WAITING_WEBHOOKS',
    /webhooks that wait for an entity that the hub does not know is 2, above the limit of 1/,
  );
  await opens('WAITING_WEBHOOK_AGE', /oldest webhook has waited for its entity is 0 h, above the limit of 0 h/);
  const { metrics } = await ask<{ metrics: { queue: object } }>(
    '{ metrics { queue { waitingWebhooks oldestWaitingWebhookMs } } }',
  );
  const { dismissWebhookEvents } = await ask(
    'mutation { dismissWebhookEvents(filter: { integrationId: "flasherp" }, reason: "Test payments") { affected userErrors { code } } }',
  );
  await closes('WAITING_WEBHOOKS');
  await closes('WAITING_WEBHOOK_AGE');

  const kept = await ask('{ webhookEvents(filter: { externalId: "tx_never" }) { nodes { status errorMessage } } }');
  expect(answers.map(({ status }) => status)).toEqual([202, 202]);
  expect(metrics.queue).toEqual({ waitingWebhooks: 2, oldestWaitingWebhookMs: expect.any(Number) });
  expect(dismissWebhookEvents).toEqual({ affected: 2, userErrors: [] });
  expect(kept).toEqual({
    webhookEvents: { nodes: [{ status: 'IGNORED', errorMessage: 'Dismissed by tester: Test payments' }] },
  });
});

it('G27 a webhook that is dismissed while it is judged again stays dismissed', async () => {
  const lockWaits = `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  const waits = (wanted: number) =>
    eventually(
      async () => (await hub.db.pool.query<{ count: number }>(lockWaits)).rows[0]?.count,
      (count) => count === wanted,
    );
  const answer = await told('tx_late');
  const release = await holdUp(hub.db.url, `select 1 from webhook_events where external_id = 'tx_late' for update`);
  const dismissing = ask<{ done: object }>(
    'mutation { done: dismissWebhookEvents(filter: { externalId: "tx_late" }, reason: "Too late") { affected } }',
  );
  await waits(1);

  const making = idOf(hub.createTransaction({ reference: 'tx_late' }));
  await waits(2);
  await release();
  await making;

  expect(answer.status).toBe(202);
  expect(await dismissing).toEqual({ done: { affected: 1 } });
  await waits(0);
  expect(await ask('{ webhookEvents(filter: { externalId: "tx_late" }) { nodes { status } } }')).toEqual({
    webhookEvents: { nodes: [{ status: 'IGNORED' }] },
  });
});
