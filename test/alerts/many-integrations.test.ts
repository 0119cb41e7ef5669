import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { createHubClient, type HubClient } from '../../demo/hub-client.js';
import { createOrder, idOf, orderInput } from '../features/order-client.js';
import { eventually } from '../harness/eventually.js';
import { holdUp } from '../harness/hold-up.js';
import { startTestHub, type TestHub } from '../harness/hub.js';

const FAILING = 150;
/** More than the hub has connections. */
const ORDERS = 20;
/** What no mutation reads, and what is measured of every integration below. */
const HOLD_MEASURING = 'lock table reconciliation_differences in access exclusive mode';

let hub: TestHub;
let other: HubClient;
let stopOther: () => Promise<void>;
beforeAll(async () => {
  hub = await startTestHub();
  const another = await hub.startAnother();
  stopOther = another.stop;
  other = createHubClient(another.url, await hub.bearer({}));
  await hub.admin.ask(
    'mutation { createAlertRule(input: { kind: DISCREPANCIES, threshold: 0 }) { userErrors { message } } }',
  );
});
afterAll(async () => {
  await stopOther();
  await hub.stop();
});

let letGo = async (): Promise<void> => {};
async function hold(): Promise<void> {
  const release = await holdUp(hub.db.url, HOLD_MEASURING);
  letGo = async () => {
    letGo = async () => {};
    await release();
  };
}
afterEach(() => letGo());

/** Of the hub's sessions, those that are held up. */
const HELD_UP = `select count(distinct a.pid)::int as count from pg_stat_activity a join pg_locks l on l.pid = a.pid and not l.granted
where a.datname = current_database()`;

async function heldUp(): Promise<number> {
  const { rows } = await hub.db.pool.query<{ count: number }>(HELD_UP);
  return rows[0]?.count ?? 0;
}

const measuring = () => eventually(heldUp, (count) => count > 0);

/** Until the last health check says so. */
const failedChecks = (count: number) =>
  eventually(
    () => hub.db.pool.query("select failed_checks as count from integration_gates where integration_id = 'b2b-portal'"),
    ({ rows }) => rows[0]?.count === count,
  );

const evaluate = () => hub.admin.ask('mutation { runJob(name: "evaluate-alerts") { userErrors { code } } }');

interface Shown {
  id: string;
  closedAt: string | null;
  integration: { id: string } | null;
}

async function down(): Promise<Shown[]> {
  const { alerts } = await hub.admin.ask<{ alerts: (Shown & { kind: string })[] }>(
    '{ alerts { id kind closedAt integration { id } } }',
  );
  return alerts.filter(({ kind }) => kind === 'CONNECTOR_DOWN');
}

const test = (client: HubClient) => client.ask('mutation { testConnection(integrationId: "b2b-portal") { ok } }');
const unhealthy = (count: number) =>
  hub.portal.control.addFault({ kind: 'status', status: 503, method: 'GET', path: '/health', count });

it('G13 G25 opens an alert once, and none by older figures, whichever instance measures', async () => {
  await unhealthy(3);
  await test(hub.admin);
  await test(other);
  await hold();
  const third = test(hub.admin);
  await failedChecks(3);
  await measuring();
  const well = test(other);
  await failedChecks(0);

  await letGo();
  await Promise.all([third, well]);
  const before = await down();
  await unhealthy(6);
  await Promise.all([hub.admin, other, hub.admin, other, hub.admin, other].map(test));

  expect(before).toEqual([]);
  expect(await down()).toMatchObject([{ closedAt: null, integration: { id: 'b2b-portal' } }]);
});

it('G13 G25 does not close by older figures what another instance has seen since', async () => {
  const [open] = await down();
  await hold();
  const well = test(hub.admin);
  await failedChecks(0);
  await measuring();
  await unhealthy(3);
  const failed = [test(other), test(other), test(other)];
  await failedChecks(3);

  await letGo();
  await Promise.all([well, ...failed]);

  expect(await down()).toEqual([open]);
});

it('G13 G23 a mutation waits neither for the measuring of many integrations nor for a connection that it holds', async () => {
  await hub.db.pool.query(`with merchant as (insert into merchants (id, name) values ('other', 'Other') returning id)
    insert into integrations (id, merchant_id, name, connector)
    select 'failing-' || n, merchant.id, 'Failing ' || n, 'b2b-portal' from merchant, generate_series(1, ${FAILING}) n`);
  await hub.db.pool.query(`insert into integration_gates (integration_id, failed_checks)
    select id, 5 from integrations where merchant_id = 'other'`);
  await hold();
  await evaluate();
  await measuring();

  const placed = Array.from({ length: ORDERS }, () => idOf(createOrder(hub.admin, orderInput())));
  const ids = await Promise.all(placed);
  // The job's, and what the last health check has caused.
  await eventually(heldUp, (count) => count <= 2);
  await letGo();
  const opened = await eventually(down, (alerts) => alerts.length > FAILING);

  expect(new Set(ids).size).toBe(ORDERS);
  expect(opened.map(({ integration }) => integration?.id).sort()).toEqual(
    ['b2b-portal', ...Array.from({ length: FAILING }, (_, n) => `failing-${n + 1}`)].sort(),
  );
});
