import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { sqlOn } from '../../src/db/database.js';
import { compactRollups } from '../../src/rollup/compact.js';
import { rollUp } from '../../src/rollup/roll-up.js';
import { createOrder, idOf, orderInput, settled, show } from '../features/order-client.js';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';

let hub: TestHub;
const orders: string[] = [];
beforeAll(async () => {
  hub = await startTestHub();
  await hub.portal.control.addFault({ kind: 'status', status: 422, method: 'POST', path: '/orders', count: 1 });
  orders.push(await idOf(createOrder(hub.admin, orderInput())));
  await settled(hub.admin, 'order', orders[0] ?? '', 'FAILED');
  await hub.portal.control.addFault({ kind: 'status', status: 503, method: 'POST', path: '/orders', count: 1 });
  for (let n = 0; n < 3; n++) orders.push(await idOf(createOrder(hub.admin, orderInput())));
  for (const id of orders.slice(1)) await settled(hub.admin, 'order', id, 'SYNCED');
  await webhook(orders[1] ?? '', { status: 'SHIPPED' });
  await webhook(orders[2] ?? '', { status: 'SHIPPED', signature: 'bad' });
});
afterAll(() => hub.stop());

async function webhook(orderId: string, wishes: object): Promise<void> {
  const { links } = await show(hub.admin, 'order', orderId);
  await hub.portal.control.sendWebhook({ id: links[0]?.externalId ?? '', ...wishes });
}

interface Shown {
  syncs: { attempts: number; success: number; retried: number; failed: number } & Record<string, unknown>;
  course: { success: number }[];
  [group: string]: unknown;
}

const FIELDS = `syncs { attempts success retried failed successRate retryRate queueWaitMs durationMs { count averageMs p50Ms p95Ms p99Ms } }
  errors { code category count rate } webhooks { received processed failed successRate } queue { active retrying deadLetters }
  cache { hits misses hitRate } orderProcessing { attempts failed } inventorySync { items outcomes { attempts } cache { hitRate } }
  statusPolling { runs polled changed errorRate durationMs { count } } api { errorRate statuses { status count } tokenRefreshes durationMs { count p95Ms } cache { hitRate } }
  course { at period success retried failed }`;

async function read(client = hub.admin, integrationId: string | null = 'b2b-portal'): Promise<Shown> {
  const field = integrationId ? `integrationMetrics(integrationId: "${integrationId}")` : 'metrics';
  return (await client.ask<{ shown: Shown }>(`{ shown: ${field} { ${FIELDS} } }`)).shown;
}

it('F10 G12 B25 E16 measures what became of syncs, how long they took, and which errors came how often', async () => {
  const shown = await read();

  expect(shown.syncs).toMatchObject({
    attempts: 5,
    success: 3,
    retried: 1,
    failed: 1,
    successRate: 0.75,
    retryRate: 0.2,
  });
  const { averageMs, p50Ms, p95Ms, p99Ms } = shown.syncs['durationMs'] as Record<string, number>;
  expect(averageMs).toBeGreaterThan(0);
  expect(p50Ms).toBeLessThanOrEqual(p95Ms ?? 0);
  expect(p95Ms).toBeLessThanOrEqual(p99Ms ?? 0);
  expect(shown['errors']).toEqual([
    { code: 'UPSTREAM_REJECTED', category: 'UPSTREAM', count: 1, rate: 0.2 },
    { code: 'UPSTREAM_UNAVAILABLE', category: 'UPSTREAM', count: 1, rate: 0.2 },
  ]);
  expect(shown['webhooks']).toEqual({ received: 1, processed: 1, failed: 0, successRate: 1 });
  expect(shown['queue']).toEqual({ active: 0, retrying: 0, deadLetters: 1 });
  expect(shown['orderProcessing']).toEqual({ attempts: 5, failed: 1 });
  const { errorRate, statuses } = shown['api'] as { errorRate: number; statuses: object[] };
  expect(errorRate).toBeGreaterThan(0);
  expect(errorRate).toBeLessThanOrEqual(0.4);
  expect(statuses).toEqual(
    expect.arrayContaining([
      { status: 422, count: 1 },
      { status: 503, count: 1 },
    ]),
  );
});

it('G27 agrees with syncStatistics', async () => {
  const { syncs, webhooks } = await read(hub.admin, null);

  const answer = await hub.admin.ask<{ syncStatistics: { success: number; failed: number }[] }>(
    '{ syncStatistics { success failed } }',
  );

  const { processed } = webhooks as { processed: number };
  expect(answer.syncStatistics).toEqual([{ success: syncs.success + processed, failed: syncs.failed }]);
});

it('E16 measures status polling and what caches answer', async () => {
  await hub.admin.ask('mutation { runJob(name: "check-status") { userErrors { code } } }');

  const shown = await eventually(
    () => read(),
    ({ statusPolling }) => (statusPolling as { runs: number }).runs >= 2,
  );

  expect(shown['statusPolling']).toMatchObject({ runs: 2, polled: 3, errorRate: 0, durationMs: { count: 2 } });
  expect(shown['cache']).toEqual({ hits: 0, misses: 0, hitRate: null });
});

it('G12 shows a merchant its own figures only', async () => {
  const own = await hub.as({ merchantId: MERCHANT, role: 'viewer' });
  const other = await hub.as({ merchantId: 'somebody-else', role: 'viewer' });

  const [mine, theirs] = await Promise.all([read(own, null), read(other, null)]);
  const refused = await other.graphql('{ integrationMetrics(integrationId: "b2b-portal") { to } }');

  expect(mine.syncs.attempts).toBe(5);
  expect(theirs).toMatchObject({ syncs: { attempts: 0, successRate: null }, queue: { deadLetters: 0 }, course: [] });
  expect(refused.errors[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' });
});

it('G12 B25 describes in the schema what Prometheus is told, from the same registry', async () => {
  const { metricDefinitions } = await hub.admin.ask<{
    metricDefinitions: { name: string; help: string; kind: string }[];
  }>('{ metricDefinitions { name help kind } }');

  const { body } = await hub.admin.rest('GET', '/metrics');
  expect(metricDefinitions.length).toBeGreaterThan(7);
  for (const { name, help, kind } of metricDefinitions) {
    expect(body).toContain(`# HELP ${name} ${help}`);
    expect(body).toContain(`# TYPE ${name} ${kind.toLowerCase()}`);
  }
});

/** The value of one integration's series in Prometheus' text; null: there is none. */
function gaugeOf(text: string, name: string, more = ''): number | null {
  const series = text
    .split('\n')
    .find((line) => line.startsWith(`${name}{integration="b2b-portal"`) && line.includes(more));
  return series === undefined ? null : Number(series.split(' ').at(-1));
}

const LISTS = ['metrics.errors', 'metrics.errorCategories', 'metrics.api.statuses'];

it('G12 E16 F10 B25 tells Prometheus of the last hour what the schema tells of it, group by group', async () => {
  const { metricDefinitions } = await hub.admin.ask<{
    metricDefinitions: { name: string; field: string; labels: string[] }[];
  }>('{ metricDefinitions { name field labels } }');
  const told = metricDefinitions.filter(
    ({ field, labels }) => labels.includes('integration') && labels.includes('connector') && !LISTS.includes(field),
  );
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const fields = told.map(({ name, field }) => {
    const [first = '', ...rest] = field.split('.').slice(1);
    return `${name}: ${[`integrationMetrics(integrationId: "b2b-portal", from: "${from}")`, first, ...rest].join(' { ')}${' }'.repeat(rest.length + 1)}`;
  });
  const values = await Promise.all(fields.map((field) => hub.admin.ask<Record<string, unknown>>(`{ ${field} }`)));

  const leaf = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? leaf(Object.values(value)[0]) : value;
  const { body } = await eventually(
    () => hub.admin.rest('GET', '/metrics'),
    ({ body: text }) => gaugeOf(text as string, 'syncline_status_polling_runs') !== null,
  );

  const { integrationMetrics } = await hub.admin.ask<{
    integrationMetrics: { api: { statuses: { status: number; rate: number }[] } };
  }>('{ integrationMetrics(integrationId: "b2b-portal") { api { statuses { status rate } } } }');
  const refused = integrationMetrics.api.statuses.find(({ status }) => status === 422);

  expect(refused?.rate).toBeGreaterThan(0);
  expect(told.length).toBeGreaterThan(25);
  for (const [index, { name }] of told.entries()) {
    const inSchema = leaf(values[index]) as number | null;
    const scaled = inSchema === null || !name.endsWith('_seconds') ? inSchema : inSchema / 1000;
    const shown = gaugeOf(body as string, name);
    expect([name, shown]).toEqual([name, scaled === null ? null : expect.closeTo(scaled, 3)]);
  }
  expect(gaugeOf(body as string, 'syncline_error_ratio', 'code="UPSTREAM_REJECTED"')).toBeCloseTo(0.2);
  expect(gaugeOf(body as string, 'syncline_error_category_ratio', 'category="UPSTREAM"')).toBeCloseTo(0.4);
  expect(gaugeOf(body as string, 'syncline_api_status_ratio', 'status="422"')).toBeCloseTo(refused?.rate ?? 0);
});

it('G12 tells what the hub itself uses, to whom the hub is theirs', async () => {
  const ask = '{ metrics { system { instances { instance memoryRatio memoryBytes cpuRatio } databaseConnections } } }';
  const limited = await hub.as({ merchantId: MERCHANT, role: 'admin' });

  const { metrics } = await hub.admin.ask<{
    metrics: { system: { instances: object[]; databaseConnections: number } };
  }>(ask);
  const hidden = await limited.ask(ask);
  const { body } = await hub.admin.rest('GET', '/metrics');

  expect(metrics.system.instances).toEqual([
    {
      instance: expect.any(String),
      memoryRatio: expect.any(Number),
      memoryBytes: expect.any(Number),
      cpuRatio: expect.any(Number),
    },
  ]);
  expect(metrics.system.databaseConnections).toBeGreaterThan(0);
  expect(hidden).toEqual({ metrics: { system: null } });
  expect(body).toMatch(/^syncline_memory_ratio\{instance="[^"]+"\} 0\.\d+$/m);
  expect(body).toMatch(/^syncline_database_connections \d+$/m);
});

it('G12 tells figures of one connector', async () => {
  const ask = (connector: string) => `{ metrics(connector: "${connector}") { syncs { attempts } } }`;

  const [portal, other] = await Promise.all([hub.admin.ask(ask('b2b-portal')), hub.admin.ask(ask('csv'))]);

  expect([portal, other]).toEqual([{ metrics: { syncs: { attempts: 5 } } }, { metrics: { syncs: { attempts: 0 } } }]);
});

it('G12 F10 tells error rates by integration, by connector and by category, in the schema, by REST and to Prometheus', async () => {
  const rates = {
    connector: 'b2b-portal',
    attempts: 5,
    errorRate: 0.4,
    errors: [
      { code: 'UPSTREAM_REJECTED', category: 'UPSTREAM', count: 1, rate: 0.2 },
      { code: 'UPSTREAM_UNAVAILABLE', category: 'UPSTREAM', count: 1, rate: 0.2 },
    ],
    errorCategories: [{ category: 'UPSTREAM', count: 2, rate: 0.4 }],
  };
  const of =
    'integrationId connector attempts errorRate errors { code category count rate } errorCategories { category count rate }';

  const { metrics } = await hub.admin.ask(`{ metrics { errorsByIntegration { ${of} } errorsByConnector { ${of} } } }`);
  const { body } = await hub.admin.rest('GET', '/api/integrations/system/metrics');
  const { body: text } = await eventually(
    () => hub.admin.rest('GET', '/metrics'),
    (answer) => String(answer.body).includes('syncline_connector_error_ratio{'),
  );

  const byIntegration = [{ integrationId: 'b2b-portal', ...rates }];
  const byConnector = [{ integrationId: null, ...rates }];
  expect(metrics).toEqual({ errorsByIntegration: byIntegration, errorsByConnector: byConnector });
  expect(body).toMatchObject({ data: { errorRates: { total: 0.4, byIntegration, byConnector } } });
  for (const series of [
    'syncline_sync_error_ratio{integration="b2b-portal",connector="b2b-portal"} 0.4',
    'syncline_connector_sync_error_ratio{connector="b2b-portal"} 0.4',
    'syncline_connector_sync_success_ratio{connector="b2b-portal"} 0.75',
    'syncline_connector_error_ratio{connector="b2b-portal",code="UPSTREAM_REJECTED",category="UPSTREAM"} 0.2',
    'syncline_connector_error_category_ratio{connector="b2b-portal",category="UPSTREAM"} 0.4',
  ])
    expect(String(text).split('\n')).toContain(series);
});

it.each([
  ['a time that ends before it begins', 'metrics(from: "2030-01-02T00:00:00Z", to: "2030-01-01T00:00:00Z")'],
  ['a connector that no text can name', String.raw`metricSummaries(period: DAY, connector: "\u0000")`],
])('G12 refuses %s', async (_, field) => {
  const { errors } = await hub.admin.graphql(`{ ${field} { to } }`);

  expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
});

/** An attempt of the first order's event, as a dispatcher writes it. */
const ATTEMPT = `insert into sync_attempts (sync_event_id, number, merchant_id, token, owner, started_at, duration_ms, outcome, led_to)
select sync_event_id, $1, merchant_id, 1, 1, now() - interval '2 hours', 40, 'DELIVERED', 'SUCCESS'
from sync_attempts order by sync_event_id limit 1`;

it('G27 counts what a long transaction commits late, once', async () => {
  const before = (await read()).syncs.success;
  const late = new pg.Client({ connectionString: hub.db.url });
  await late.connect();
  await late.query('begin');
  await late.query(ATTEMPT, [101]);
  await hub.db.pool.query(ATTEMPT, [102]);
  const meanwhile = (await read()).syncs.success;

  await late.query('commit');
  const after = [(await read()).syncs.success, (await read()).syncs.success];

  await late.end();
  expect([meanwhile - before, ...after.map((one) => one - before)]).toEqual([1, 2, 2]);
});

it('G27 counts once however many instances do it and whatever dies in between', async () => {
  const before = (await read()).syncs.success;
  const dying = async () =>
    hub.db.transaction(async (tx) => {
      await rollUp({ ...hub.db, transaction: (work) => work(tx) }, 1);
      throw new Error('killed before the commit');
    });

  for (let n = 200; n < 230; n++) {
    const rolling = [rollUp(hub.db, 5), rollUp(hub.db, 5), dying().catch(() => {})];
    await Promise.all([...rolling, hub.db.pool.query(ATTEMPT, [n])]);
  }

  expect((await read()).syncs.success - before).toBe(30);
});

it('G27 keeps the figures when the events are gone, and merges old hours into days', async () => {
  const before = await read();
  await hub.db.pool.query('delete from sync_attempts; delete from webhook_events');
  const old = `update metric_rollups set at = at - interval '60 days' where period = 'HOUR' and source = 'ATTEMPT'`;
  await hub.db.pool.query(old);

  await compactRollups(sqlOn(hub.db.pool));
  await compactRollups(sqlOn(hub.db.pool));

  const from = new Date(Date.now() - 62 * 86_400_000).toISOString();
  const { shown } = await hub.admin.ask<{ shown: Shown }>(
    `query ($from: DateTime) { shown: metrics(from: $from) { syncs { attempts success retried failed } course { period } } }`,
    { from },
  );
  const { attempts, success, retried, failed } = before.syncs;
  expect(shown.syncs).toEqual({ attempts, success, retried, failed });
  expect(new Set(shown.course.map((point) => (point as unknown as { period: string }).period))).toEqual(
    new Set(['DAY']),
  );
});

it('G27 sums up days and weeks of which no event is left', async () => {
  const from = new Date(Date.now() - 70 * 86_400_000).toISOString();
  const shifted = await hub.db.pool.query<{ day: string; attempts: number }>(
    `select to_json(date_trunc('day', at)) #>> '{}' as day, sum(count)::int as attempts from metric_rollups
     where period = 'DAY' and source = 'ATTEMPT' group by 1`,
  );
  type Summary = { from: string; to: string; syncs: { attempts: number } };
  const read = async (period: string) => {
    const { metricSummaries } = await hub.admin.ask<{ metricSummaries: Summary[] }>(
      `query ($from: DateTime) { metricSummaries(period: ${period}, from: $from) {
        from to syncs { attempts } } }`,
      { from },
    );
    return metricSummaries.filter(({ syncs }) => syncs.attempts > 0);
  };

  const [days, weeks] = await Promise.all([read('DAY'), read('WEEK')]);
  const { body } = await hub.admin.rest(
    'GET',
    `/api/integrations/system/metrics/summaries?period=week&from=${from}&connector=b2b-portal`,
  );
  const { errors } = await hub.admin.graphql('{ metricSummaries(period: DAY, from: "2001-01-01T00:00:00Z") { to } }');

  expect(days.map((one) => [Date.parse(one.from), one.syncs.attempts])).toEqual(
    shifted.rows.map(({ day, attempts }) => [Date.parse(day), attempts]),
  );
  const total = (all: Summary[]) => all.reduce((sum, { syncs }) => sum + syncs.attempts, 0);
  expect(total(weeks)).toBe(total(days));
  expect(total(days)).toBeGreaterThan(5);
  for (const week of weeks) {
    expect(new Date(week.from).getUTCDay()).toBe(1);
    expect(Date.parse(week.to) - Date.parse(week.from)).toBe(7 * 86_400_000);
  }
  const { data } = body as { data: { from: string; syncPerformance: { attempts: number } }[] };
  const told = data.filter(({ syncPerformance }) => syncPerformance.attempts > 0);
  expect(told.map((one) => [one.from, one.syncPerformance.attempts])).toEqual(
    weeks.map((one) => [one.from, one.syncs.attempts]),
  );
  expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
});
