import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createOrder, cursorNow, idOf, orderInput } from '../features/order-client.js';
import { eventually } from '../harness/eventually.js';
import { holdUp } from '../harness/hold-up.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';

let hub: TestHub;
const lines: string[] = [];
beforeAll(async () => {
  hub = await startTestHub({ log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }) });
});
afterAll(() => hub.stop());

interface Shown {
  id: string;
  kind: string;
  severity: string;
  message: string;
  remedy: string;
  measured: number;
  threshold: number;
  closedAt: string | null;
  integration: { id: string } | null;
}

async function alerts(kind: string): Promise<Shown[]> {
  const { alerts: all } = await hub.admin.ask<{ alerts: Shown[] }>(
    '{ alerts { id kind severity message remedy measured threshold closedAt integration { id } } }',
  );
  return all.filter((alert) => alert.kind === kind);
}

/** Evaluates until it is so: the job may be running already when it is asked for. */
function evaluated(kind: string, isWanted: (shown: Shown[]) => boolean): Promise<Shown[]> {
  return eventually(async () => {
    await hub.admin.ask('mutation { runJob(name: "evaluate-alerts") { userErrors { code } } }');
    return alerts(kind);
  }, isWanted);
}

async function change(id: string, changes: string) {
  const { payload } = await hub.admin.ask<{ payload: { userErrors: { code: string; path: string[] }[] } }>(
    `mutation { payload: updateAlertRule(input: { id: "${id}", ${changes} }) { alertRule { id } userErrors { code path } } }`,
  );
  return payload.userErrors;
}

async function order(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await idOf(createOrder(hub.admin, orderInput()));
}

async function deadLetters(): Promise<{ nodes: { id: string }[] }> {
  const { syncEvents } = await hub.admin.ask<{ syncEvents: { nodes: { id: string }[] } }>(
    '{ syncEvents(filter: { integrationId: "b2b-portal", status: [FAILED] }) { nodes { id } } }',
  );
  return syncEvents;
}

/** Until somebody waits to read this table. */
async function waitingFor(table: string): Promise<void> {
  const found = `select 1 from pg_locks where not granted and relation = '${table}'::regclass and mode = 'AccessShareLock'
    and database = (select oid from pg_database where datname = current_database())`;
  await eventually(
    () => hub.db.pool.query(found),
    ({ rows }) => rows.length > 0,
  );
}

const jobsEnded = () =>
  eventually(
    () => hub.admin.ask<{ jobs: { name: string; running: boolean }[] }>('{ jobs { name running } }'),
    ({ jobs }) => jobs.every(({ running }) => !running),
  );

it('G13 F19 E11 has the documented thresholds as rules', async () => {
  const { alertRules } = await hub.admin.ask<{
    alertRules: { id: string; threshold: number; connector: string | null }[];
  }>('{ alertRules { id threshold connector } }');

  expect(Object.fromEntries(alertRules.map(({ id, threshold }) => [id, threshold]))).toMatchObject({
    'error-rate': 0.05,
    'response-time': 1000,
    'queue-size': 1000,
    memory: 0.85,
    'connection-failures': 3,
    'flasherp-failure-rate': 0.05,
    'flasherp-retry-queue': 100,
    'flasherp-discrepancies': 0,
    'dead-letters': 0,
    'hub-queue-size': 1000,
    'security-events': 100,
  });
  expect(alertRules.find(({ id }) => id === 'flasherp-unhealthy')?.connector).toBe('flasherp');
});

it('G13 opens one alert when too many calls fail, says what was measured, and closes it when they do not', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 422, method: 'POST', path: '/orders', count: 6 });
  await change('error-rate', 'minSamples: 6');
  await order(6);

  const opened = await evaluated('ERROR_RATE', (shown) => shown.length > 0);
  await order(6);
  await change('error-rate', 'threshold: 0.9, clearThreshold: 0.6');
  const closed = await evaluated('ERROR_RATE', ([shown]) => shown?.closedAt !== null);

  expect(opened).toMatchObject([
    { severity: 'WARNING', measured: 1, threshold: 0.05, integration: { id: 'b2b-portal' } },
  ]);
  expect(opened[0]?.message).toMatch(/share of calls that fail is 100 %, above the limit of 5 %/);
  expect((await hub.admin.graphql(opened[0]?.remedy ?? '')).errors).toEqual([]);
  expect(closed.map(({ id }) => id)).toEqual([opened[0]?.id]);
});

it('G13 F19 keeps an alert open between its two thresholds', async () => {
  await change('error-rate', 'threshold: 0.45, clearThreshold: 0.1');
  await evaluated('ERROR_RATE', (shown) => shown.length === 2);

  await change('error-rate', 'threshold: 0.6, clearThreshold: 0.1');
  await change('queue-size', 'threshold: 0, clearThreshold: 0');
  await change('memory', 'threshold: 0.0001, clearThreshold: 0');
  const [memory] = await evaluated('MEMORY', (shown) => shown.length > 0);

  expect(memory).toMatchObject({ integration: null, severity: 'CRITICAL', threshold: 0.0001 });
  expect((await alerts('ERROR_RATE'))[0]?.closedAt).toBeNull();
});

it('G20 rings once for the dead letters of any system, until they are redriven or skipped', async () => {
  await hub.portal.control.clearFaults();
  await hub.admin.ask(
    'mutation { redriveSyncEvents(filter: { integrationId: "b2b-portal", status: [FAILED] }) { affected } }',
  );
  await evaluated('EXPORT_EXHAUSTED', (shown) => shown.every(({ closedAt }) => closedAt !== null));
  const before = (await alerts('EXPORT_EXHAUSTED')).length;

  await hub.portal.control.addFault({ kind: 'status', status: 422, method: 'POST', path: '/orders', count: 2 });
  await order(2);
  const syncEvents = await eventually(deadLetters, ({ nodes }) => nodes.length === 2);
  const [opened] = await evaluated('EXPORT_EXHAUSTED', (shown) => shown.length > before);
  for (const { id } of syncEvents.nodes)
    await hub.admin.ask(`mutation { skipSyncEvent(id: "${id}", reason: "test") { userErrors { code } } }`);
  const closed = await evaluated('EXPORT_EXHAUSTED', (shown) => shown.every(({ closedAt }) => closedAt !== null));

  expect(opened).toMatchObject({ severity: 'CRITICAL', threshold: 0, integration: { id: 'b2b-portal' } });
  expect(opened?.message).toMatch(/the number of dead letters, .* is [12], above the limit of 0/);
  expect(closed).toHaveLength(before + 1);
});

it('G20 does not open again by older figures what has ended since it was measured', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 422, method: 'POST', path: '/orders', count: 1 });
  const before = (await alerts('EXPORT_EXHAUSTED')).length;
  await order(1);
  await evaluated('EXPORT_EXHAUSTED', (shown) => shown.length > before);
  // One that is under way may have passed the table already, and would let no other begin.
  await jobsEnded();
  const release = await holdUp(hub.db.url, 'lock table instance_loads in access exclusive mode');
  await hub.admin.ask('mutation { runJob(name: "evaluate-alerts") { userErrors { code } } }');
  await waitingFor('instance_loads');
  const [letter] = (await deadLetters()).nodes;
  await hub.admin.ask(`mutation { skipSyncEvent(id: "${letter?.id}", reason: "test") { userErrors { code } } }`);
  await hub.portal.control.addFault({ kind: 'status', status: 503, method: 'GET', path: '/health', count: 1 });
  await hub.admin.ask('mutation { testConnection(integrationId: "b2b-portal") { ok } }');
  await release();
  await jobsEnded();

  const shown = await alerts('EXPORT_EXHAUSTED');
  expect(shown).toHaveLength(before + 1);
  expect(shown.filter(({ closedAt }) => closedAt === null)).toEqual([]);
});

it('G13 G20 F19 opens an alert as soon as a circuit opens, and tells of it once in the feed and to people', async () => {
  interface Told {
    kind: string;
    entityType: string;
    entityId: string;
    alert?: { kind: string };
  }
  const changes = hub.admin.subscribe<{ changes: Told }>(
    'subscription ($after: Cursor) { changes(after: $after) { kind entityType entityId ... on AlertChange { alert { kind } } } }',
    { after: await cursorNow(hub.admin) },
  );
  await hub.portal.control.addFault({ kind: 'status', status: 503, method: 'POST', path: '/orders', count: null });
  await order(8);

  const [opened] = await eventually(
    () => alerts('CIRCUIT_OPEN'),
    (shown) => shown.length > 0,
  );
  const about: Told[] = [];
  while (!about.some(({ alert }) => alert)) {
    const change = (await changes.next()).value?.changes;
    if (change?.kind === 'connector_health.changed' || change?.alert?.kind === 'CIRCUIT_OPEN') about.push(change);
  }
  await changes.return(undefined);

  expect(opened).toMatchObject({ severity: 'CRITICAL', measured: 1 });
  expect(opened?.message).toContain('503');
  expect(about.length).toBeGreaterThan(1);
  for (const one of about) expect(one).toMatchObject({ entityType: 'INTEGRATION', entityId: 'b2b-portal' });
  const { notifications } = await hub.admin.ask<{ notifications: { nodes: { subject: string; body: string }[] } }>(
    '{ notifications(filter: { kind: "alert.opened" }) { nodes { subject body } } }',
  );
  const messages = notifications.nodes.filter(({ subject }) => subject.includes('CIRCUIT_OPEN'));
  expect(messages).toEqual([{ subject: expect.any(String), body: expect.stringContaining('testConnection') }]);
});

it('G13 lets an operator acknowledge an open alert, and nobody a strange one', async () => {
  const [open] = await alerts('CIRCUIT_OPEN');
  const operator = await hub.as({ sub: 'ops-1', role: 'operator', merchantId: MERCHANT });
  const stranger = await hub.as({ role: 'operator', merchantId: 'merchant-2' });
  const acknowledge = `mutation { acknowledgeAlert(id: "${open?.id}") { alert { acknowledgedBy } userErrors { code } } }`;

  const refused = await stranger.ask(acknowledge);
  const done = await operator.ask(acknowledge);

  expect(refused).toEqual({ acknowledgeAlert: { alert: null, userErrors: [{ code: 'NOT_FOUND' }] } });
  expect(done).toEqual({ acknowledgeAlert: { alert: { acknowledgedBy: 'ops-1' }, userErrors: [] } });
});

it('F19 lets a rule for one integration hold instead of the general one', async () => {
  const created = await hub.admin.ask(
    `mutation { createAlertRule(input: { kind: RETRY_QUEUE, integrationId: "b2b-portal", threshold: 0, severity: CRITICAL }) {
      alertRule { id } userErrors { code } } }`,
  );

  const [opened] = await evaluated('RETRY_QUEUE', (shown) => shown.length > 0);

  expect(created).toEqual({ createAlertRule: { alertRule: { id: 'retry-queue:b2b-portal' }, userErrors: [] } });
  expect(opened).toMatchObject({ severity: 'CRITICAL', threshold: 0 });
});

it('G13 refuses rules that make no sense, and changes by who may not make them', async () => {
  const upsideDown = await change('queue-size', 'threshold: 5, clearThreshold: 6');
  const unknown = await change('nothing', 'enabled: false');
  const limited = await hub.as({ role: 'admin', merchantId: MERCHANT });
  const { updateAlertRule } = await limited.ask<{ updateAlertRule: { userErrors: { code: string }[] } }>(
    'mutation { updateAlertRule(input: { id: "memory", enabled: false }) { userErrors { code } } }',
  );

  expect(upsideDown).toEqual([{ code: 'BAD_USER_INPUT', path: ['input', 'clearThreshold'] }]);
  expect(unknown).toEqual([{ code: 'NOT_FOUND', path: ['input', 'id'] }]);
  expect(updateAlertRule.userErrors).toEqual([{ code: 'FORBIDDEN' }]);
});

it('G13 F19 rings for what waits for all systems together, beside each one’s', async () => {
  await hub.portal.control.addFault({ kind: 'status', status: 503, method: 'POST', path: '/orders', count: null });
  await change('hub-queue-size', 'threshold: 1, clearThreshold: 1');
  await order(2);

  const [opened] = await evaluated('HUB_QUEUE_SIZE', (shown) => shown.length > 0);
  await hub.portal.control.clearFaults();
  await change('hub-queue-size', 'threshold: 1000, clearThreshold: 800');
  const [closed] = await evaluated('HUB_QUEUE_SIZE', ([shown]) => shown?.closedAt !== null);

  expect(opened).toMatchObject({ integration: null, threshold: 1, closedAt: null });
  expect(opened?.message).toMatch(/^The hub: the number of events that wait for all systems together is \d+, above/);
  expect((await hub.admin.graphql(opened?.remedy ?? '')).errors).toEqual([]);
  expect(closed?.id).toBe(opened?.id);
});

it('G13 measures the time of calls, also of those that no attempt makes', async () => {
  await hub.portal.control.addFault({ kind: 'latency', ms: 700, method: 'GET', path: '/health', count: null });
  await hub.admin.ask(
    `mutation { createAlertRule(input: { kind: RESPONSE_TIME, integrationId: "b2b-portal", threshold: 600, windowMs: 60000 }) {
      userErrors { code } } }`,
  );

  const [opened] = await eventually(
    async () => {
      await hub.admin.ask('mutation { testConnection(integrationId: "b2b-portal") { ok } }');
      await hub.admin.ask('mutation { runJob(name: "evaluate-alerts") { userErrors { code } } }');
      return alerts('RESPONSE_TIME');
    },
    (shown) => shown.length > 0,
  );

  expect(opened?.measured).toBeGreaterThan(600);
  expect(opened).toMatchObject({ integration: { id: 'b2b-portal' }, threshold: 600 });
});

it('G13 refuses a rule of the whole hub for one integration', async () => {
  const { payload } = await hub.admin.ask<{ payload: { userErrors: object[] } }>(
    `mutation { payload: createAlertRule(input: { kind: HUB_QUEUE_SIZE, integrationId: "b2b-portal", threshold: 1 }) {
      userErrors { code path } } }`,
  );

  expect(payload.userErrors).toEqual([{ code: 'BAD_USER_INPUT', path: ['input', 'kind'] }]);
});

it('G13 G25 leaves alone what a newer version watches while the hub is upgraded', async () => {
  const about = lines.length;
  const noted = () => lines.slice(about).filter((line) => line.includes('OF_TOMORROW'));
  await hub.db.pool.query(
    `insert into alert_rules (id, kind, threshold, clear_threshold) values ('tomorrow', 'OF_TOMORROW', 0, 0)`,
  );
  await hub.db.pool.query(`insert into alerts (id, kind, severity, message, advice, integration_id)
    values ('alert_tomorrow', 'OF_TOMORROW', 'WARNING', 'Opened by a newer version.', 'Wait.', 'b2b-portal')`);
  await eventually(
    async () => {
      await hub.admin.ask('mutation { runJob(name: "evaluate-alerts") { userErrors { code } } }');
      return noted();
    },
    (said) => said.length > 0,
  );
  await jobsEnded();

  const [said] = noted().map((line) => JSON.parse(line) as object);
  const { alertRules } = await hub.admin.ask<{ alertRules: { id: string }[] }>('{ alertRules { id kind } }');

  expect(said).toMatchObject({ level: 20, kinds: ['OF_TOMORROW'] });
  expect(noted().filter((line) => (JSON.parse(line) as { level: number }).level > 20)).toEqual([]);
  expect(alertRules.map(({ id }) => id)).not.toContain('tomorrow');
  expect(await alerts('OF_TOMORROW')).toMatchObject([{ id: 'alert_tomorrow', closedAt: null }]);
});
