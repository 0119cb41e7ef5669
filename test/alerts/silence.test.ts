import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createOrder, idOf, orderInput, settled } from '../features/order-client.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ env: { B2B_PORTAL_MAX_RETRIES: '0' } });
  await hub.admin.ask(
    'mutation ($input: UpdateIntegrationInput!) { updateIntegration(input: $input) { userErrors { message } } }',
    { input: { id: 'b2b-portal', settings: { circuitOpenMs: 60_000, ratePerSecond: null } } },
  );
  for (const [kind, more] of [
    ['FAILURE_RATE', 'threshold: 0.05, minSamples: 1'],
    ['UNHEALTHY', 'threshold: 1, comparison: AT_LEAST'],
  ])
    await hub.admin.ask(`mutation {
      createAlertRule(input: { kind: ${kind}, connector: "b2b-portal", ${more} }) { userErrors { message } }
      updateAlertRule(input: { id: "error-rate", minSamples: 2 }) { userErrors { message } }
    }`);
});
afterAll(() => hub.stop());

/** The kinds that ring, once they are as wanted. */
const ringing = (isWanted: (kinds: string[]) => boolean) =>
  eventually(async () => {
    await hub.admin.ask('mutation { runJob(name: "evaluate-alerts") { userErrors { code } } }');
    const { alerts } = await hub.admin.ask<{ alerts: { kind: string }[] }>('{ alerts(open: true) { kind } }');
    return alerts.map(({ kind }) => kind).sort();
  }, isWanted);

const rings = (...kinds: string[]) => ringing((open) => kinds.every((kind) => open.includes(kind)));
const isQuiet = (...kinds: string[]) => ringing((open) => !kinds.some((kind) => open.includes(kind)));

/** As if a quarter of an hour had gone by since, without traffic. */
const afterTheWindow = (which = '') =>
  hub.db.pool.query(`update metric_rollups set at = at - interval '16 minutes' where period = 'MINUTE' ${which}`);

async function failOrders(count: number, status: number): Promise<void> {
  await hub.portal.control.addFault({ kind: 'status', status, method: 'POST', path: '/orders', count });
  for (let n = 0; n < count; n++) {
    const id = await idOf(createOrder(hub.admin, orderInput()));
    await settled(hub.admin, 'order', id, 'FAILED');
  }
}

it('G13 F19 ERROR_RATE, FAILURE_RATE and RESPONSE_TIME end when nothing more is sent', async () => {
  await hub.admin.ask(
    'mutation { updateAlertRule(input: { id: "response-time", threshold: 0.001, clearThreshold: 0.001, minSamples: 1 }) { userErrors { message } } }',
  );
  await failOrders(3, 422);
  const open = await rings('ERROR_RATE', 'FAILURE_RATE', 'RESPONSE_TIME');

  await afterTheWindow();
  const later = await isQuiet('ERROR_RATE', 'FAILURE_RATE', 'RESPONSE_TIME');

  expect(open).toEqual(expect.arrayContaining(['ERROR_RATE', 'FAILURE_RATE', 'RESPONSE_TIME']));
  expect(later).not.toEqual(expect.arrayContaining(['ERROR_RATE']));
});

it('G13 ERROR_RATE ends where less goes well than its rule needs to open', async () => {
  const succeeded = async () =>
    (await hub.admin.ask<{ metrics: { syncs: { success: number } } }>('{ metrics { syncs { success } } }')).metrics;
  await failOrders(2, 422);
  await rings('ERROR_RATE');
  await settled(hub.admin, 'order', await idOf(createOrder(hub.admin, orderInput())), 'SYNCED');
  await eventually(succeeded, ({ syncs }) => syncs.success === 1);
  await hub.admin.ask(
    'mutation { updateAlertRule(input: { id: "error-rate", minSamples: 50 }) { userErrors { message } } }',
  );
  const still = await rings('ERROR_RATE');

  await afterTheWindow("and outcome = 'FAILED'");

  expect(still).toContain('ERROR_RATE');
  expect(await isQuiet('ERROR_RATE')).not.toContain('ERROR_RATE');
});

it('G13 G17 SECURITY_EVENTS end when there are no more', async () => {
  await hub.admin.ask(
    'mutation { updateAlertRule(input: { id: "security-events", threshold: 0, clearThreshold: 0 }) { userErrors { message } } }',
  );
  await fetch(`${hub.url}/api/integrations`, { headers: { authorization: 'Bearer none' } });
  const open = await rings('SECURITY_EVENTS');

  await afterTheWindow();

  expect(open).toContain('SECURITY_EVENTS');
  expect(await isQuiet('SECURITY_EVENTS')).not.toContain('SECURITY_EVENTS');
});

it('G13 G20 F19 CIRCUIT_OPEN and UNHEALTHY end by a health check where nothing waits to be sent', async () => {
  const AT_REST = `{ connectorHealth { health circuit queueDepth integration { id } } }`;
  const pass = () => hub.db.pool.query("update integration_gates set open_until = now() where circuit = 'OPEN'");
  const check = () => hub.admin.ask('mutation { runJob(name: "check-health") { userErrors { code } } }');
  await failOrders(5, 503);
  const open = await rings('CIRCUIT_OPEN', 'UNHEALTHY');

  await check();
  const waiting = await hub.admin.ask(AT_REST);
  await pass();
  const later = await eventually(
    async () => {
      await check();
      return hub.admin.ask<{ connectorHealth: { circuit: string }[] }>(AT_REST);
    },
    ({ connectorHealth: [portal] }) => portal?.circuit === 'CLOSED',
  );

  expect(open).toEqual(expect.arrayContaining(['CIRCUIT_OPEN', 'UNHEALTHY']));
  expect(waiting).toMatchObject({ connectorHealth: [{ circuit: 'OPEN', queueDepth: 0 }] });
  expect(later).toMatchObject({ connectorHealth: [{ health: 'HEALTHY', circuit: 'CLOSED', queueDepth: 0 }] });
  expect(await isQuiet('CIRCUIT_OPEN', 'UNHEALTHY')).not.toContain('CIRCUIT_OPEN');
});

it('G3 G20 a connection that is tested with success closes the circuit at once where nothing waits', async () => {
  await failOrders(5, 503);
  await rings('CIRCUIT_OPEN');

  const { testConnection } = await hub.admin.ask<{ testConnection: object }>(
    'mutation { testConnection(integrationId: "b2b-portal") { ok } }',
  );

  expect(testConnection).toMatchObject({ ok: true });
  expect(await isQuiet('CIRCUIT_OPEN')).not.toContain('CIRCUIT_OPEN');
});
