import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { allJobs } from '../../jobs/all-jobs.js';
import { createKeyring, seal, unseal } from '../../src/access/seal.js';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { createIntegration } from '../../src/flow/integrations/create-integration.js';
import type { Services } from '../../src/flow/services.js';
import { ADMIN, portalIntegration, startServices, type TestServices } from '../flow/harness.js';

let hub: TestServices;
let portal: SpawnedSimulator;
let integration: string;
beforeAll(async () => {
  hub = await startServices();
  portal = await spawnSimulator('b2b-portal', { apiKey: 'key-1', apiSecret: 'secret-1' });
  integration = await createIntegration(hub, ADMIN, portalIntegration('acme', { baseUrl: portal.url }));
});
afterAll(async () => {
  await portal.stop();
  await hub.close();
});

async function run(name: string, services: Services = hub): Promise<number[]> {
  const job = allJobs.find((candidate) => candidate.name === name);
  if (!job) throw new Error(`There is no job ${name}`);
  const told: number[] = [];
  const progress = (percent: number) => void told.push(percent);
  await job.run(services, { signal: new AbortController().signal, progress, asked: true, log: hub.log });
  return told;
}

const rows = async (text: string, ...values: unknown[]) => (await hub.db.pool.query(text, values)).rows;
const ids = async (text: string) => (await rows(text)).map(({ id }) => id);
const changes = async () => (await rows('select kind from changes order by xid, id')).map(({ kind }) => kind);

it('B26 keeps to the documented timetable', () => {
  const timetable = Object.fromEntries(allJobs.map(({ name, schedule }) => [name, schedule]));

  const daily = expect.stringMatching(/^\d+ \d+ \* \* \*$/);
  expect(timetable).toMatchObject({
    'retry-failed': '*/5 * * * *',
    'check-status': '*/15 * * * *',
    'remove-old-events': daily,
    'remove-old-webhooks': daily,
  });
});

it('has each job in a file of its name', () => {
  const files = readdirSync(fileURLToPath(new URL('../../jobs', import.meta.url)))
    .filter((file) => file.endsWith('.js'))
    .map((file) => file.slice(0, -3));
  const notJobs = [
    'all-jobs',
    'create-jobs',
    'define',
    'each-integration',
    'job-rows',
    'patiently',
    'run-if-due',
    'timer',
    'unref-watch',
  ];

  expect(files.filter((file) => !notJobs.includes(file)).sort()).toEqual(allJobs.map(({ name }) => name).sort());
});

it('B26 removes sync events that have ended after 90 days; dead letters and what waits stay', async () => {
  await rows(
    `insert into sync_events (id, lane_id, seq, merchant_id, integration_id, entity_type, entity_id, operation,
       direction, status, max_attempts, idempotency_key, created_at) overriding system value
     select 100 + n, case when lane then 7 end, case when lane then n end, 'acme', $1, 'ORDER', 'ord_x', 'CREATE',
       'OUTBOUND', status, 4, 'key-' || n, now() - age * interval '1 day'
     from (values (1, true, 'SUCCESS', 91), (2, true, 'FAILED', 400), (3, false, 'FAILED', 91), (4, true, 'PENDING', 91),
       (5, true, 'SKIPPED', 91), (6, true, 'SUCCESS', 89), (7, false, 'SUCCESS', 1)) as v (n, lane, status, age)`,
    integration,
  );
  await rows(
    `insert into sync_attempts (sync_event_id, number, merchant_id, token, owner, started_at, outcome)
     select id, 1, 'acme', 1, 1, now(), 'delivered' from sync_events where id in (101, 106)`,
  );

  await run('remove-old-events');

  expect(await ids('select id from sync_events order by id')).toEqual(['102', '104', '106', '107']);
  expect(await ids('select sync_event_id as id from sync_attempts')).toEqual(['106']);
});

it('B26 removes pulls after 90 days, with the rows that they could not take', async () => {
  await rows(
    `insert into pulls (id, merchant_id, integration_id, entity_type, sync_event_id, state, started_at)
     select id, 'acme', $1, 'INVENTORY', 1, 'COMPLETE', now() - age * interval '1 day'
     from (values ('old', 91), ('young', 89)) as v (id, age)`,
    integration,
  );
  await rows(
    `insert into row_problems (merchant_id, pull_id, sync_event_id, line, column_name, value, rule)
     select 'acme', id, 1, n, 'price', '', '' from unnest(array['old', 'young']) id, generate_series(1, 1500) n`,
  );

  await run('remove-old-events');

  expect(await ids('select id from pulls')).toEqual(['young']);
  expect(await rows('select pull_id, count(*)::int from row_problems group by 1')).toEqual([
    { pull_id: 'young', count: 1500 },
  ]);
});

it('B26 removes reconciliations after 90 days with all that they found, and full syncs', async () => {
  const aged = `from (values ('old', 91), ('young', 89)) as v (id, age)`;
  await rows(
    `insert into reconciliations (id, merchant_id, integration_id, entity_types, period_from, period_to, created_at)
     select id, 'acme', $1, '{}', now(), now(), now() - age * interval '1 day' ${aged}`,
    integration,
  );
  await rows(
    `insert into full_syncs (id, merchant_id, integration_id, entity_types, created_at)
     select id, 'acme', $1, '{}', now() - age * interval '1 day' ${aged}`,
    integration,
  );
  await rows(
    `insert into reconciliation_differences (merchant_id, integration_id, reconciliation_id, entity_type, kind, direction)
     select 'acme', $1, id, 'ORDER', 'MISSING_HERE', 'IN' from unnest(array['old', 'young']) id, generate_series(1, 1500) n`,
    integration,
  );

  await run('remove-old-events');

  expect(await ids('select id from reconciliations union all select id from full_syncs')).toEqual(['young', 'young']);
  expect(await rows('select reconciliation_id, count(*)::int from reconciliation_differences group by 1')).toEqual([
    { reconciliation_id: 'young', count: 1500 },
  ]);
});

it('B26 removes more old sync events than fit in one page', async () => {
  await rows('delete from sync_events');
  await rows(
    `insert into sync_events (id, merchant_id, integration_id, entity_type, entity_id, operation, direction, status,
       max_attempts, idempotency_key, created_at) overriding system value
     select 1000 + n, 'acme', $1, 'ORDER', 'ord_many', 'CREATE', 'INBOUND', 'SUCCESS', 1, 'many-' || n, now() - interval '91 days'
     from generate_series(1, 2500) n`,
    integration,
  );

  await run('remove-old-events');

  expect(await ids(`select id from sync_events where entity_id = 'ord_many'`)).toEqual([]);
});

it('B26 removes webhooks after 30 days; those that wait for their entity stay', async () => {
  await rows(
    `insert into webhook_events (id, merchant_id, integration_id, event_id, event_type, status, error_code, event,
       raw_body, occurred_at, created_at)
     select id, 'acme', $1, id, 'order.updated', status, error, '{}', '', now(), now() - age * interval '1 day'
     from (values ('old', 'PROCESSED', null, 31), ('older', 'IGNORED', 'OUT_OF_DATE', 300),
       ('broken', 'FAILED', 'UNMAPPED_STATUS', 31), ('waits', 'FAILED', 'UNKNOWN_ENTITY', 300),
       ('young', 'PROCESSED', null, 29)) as v (id, status, error, age)`,
    integration,
  );

  await run('remove-old-webhooks');

  expect(await ids('select id from webhook_events order by id')).toEqual(['waits', 'young']);
});

it('H5 forgets idempotency keys after 30 days', async () => {
  await rows(
    `insert into idempotency_keys values ('acme', 'createOrder', 'old', '', '', now() - interval '31 days'),
       ('acme', 'createOrder', 'young', '', '', now() - interval '29 days')`,
  );

  await run('remove-old-idempotency-keys');

  expect(await ids('select key as id from idempotency_keys')).toEqual(['young']);
});

it('H5 checks the health of each system; three failures in a row open one alert, a success closes it', async () => {
  // Those that wait are watched, too.
  await rows('delete from webhook_events');
  await run('check-health');
  const [well] = await rows('select reachable, latency_ms, last_error from integration_gates');
  await portal.control.addFault({ kind: 'status', status: 503, count: null, path: '/health' });

  const openAfter: number[] = [];
  for (let check = 1; check <= 4; check += 1) {
    await run('check-health');
    openAfter.push((await rows('select 1 from alerts where closed_at is null')).length);
  }
  const [ill] = await rows('select reachable, last_error from integration_gates');
  const [alert] = await rows('select kind, severity, message, advice from alerts');
  await portal.control.clearFaults();
  const told = await run('check-health');

  expect(well).toMatchObject({ reachable: true, last_error: null });
  expect(openAfter).toEqual([0, 0, 1, 1]);
  expect(ill).toMatchObject({ reachable: false, last_error: expect.any(String) });
  expect(alert).toMatchObject({ kind: 'CONNECTOR_DOWN', severity: 'CRITICAL' });
  expect(told).toEqual([100]);
  expect(await rows('select 1 from alerts where closed_at is null')).toEqual([]);
  expect((await changes()).filter((kind) => /health|alert/.test(kind))).toEqual([
    'connector_health.changed',
    'connector_health.changed',
    'alert.opened',
    'connector_health.changed',
    'alert.closed',
  ]);
});

it('G15 seals with the new key what the former one has sealed, while both are configured', async () => {
  const [before] = await rows('select sealed_credentials from integrations');
  const newRing = createKeyring(['another secret of the tests, the present one']);
  const rotating: Services = { ...hub, sealCredentials: (id, credentials) => seal(newRing, id, credentials) };

  await run('rotate-credentials', rotating);

  const [after] = await rows('select sealed_credentials from integrations');
  expect(JSON.parse(after.sealed_credentials).keyId).not.toBe(JSON.parse(before.sealed_credentials).keyId);
  expect(unseal(newRing, integration, JSON.parse(after.sealed_credentials))).toEqual({
    apiKey: 'key-1',
    apiSecret: 'secret-1',
  });
  const audited = await rows(`select details from audit_entries where action = 'integration.rotate_credentials'`);
  expect(audited).toHaveLength(1);
  await expect(run('rotate-credentials')).rejects.toEqual(
    expect.objectContaining({ code: 'CREDENTIALS_UNREADABLE', message: expect.stringContaining(integration) }),
  );
});
