import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { allJobs } from '../../jobs/all-jobs.js';
import { listJobs, registerJobs } from '../../jobs/job-rows.js';
import { type Database, openDatabase, sqlOn } from '../../src/db/database.js';
import { type Phase, readHealth } from '../../src/flow/watching/read-health.js';
import { sendError } from '../../src/http/envelope.js';
import { registerHealth } from '../../src/http/health.js';
import { createMetrics, type Metrics } from '../../src/metrics.js';
import { createOutbox } from '../../src/outbox/outbox.js';
import { readQueueStates } from '../../src/outbox/queue-states.js';
import { readFigures, watchProcess } from '../../src/start-parts.js';
import { type BreakableProxy, startBreakableProxy } from '../harness/breakable-proxy.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import {
  addIntegration,
  delivered,
  effect,
  enqueue,
  rejected,
  testDispatcher,
  unavailable,
  untilStatus,
} from '../outbox/harness.js';

let direct: TestDatabase;
let proxy: BreakableProxy;
let db: Database;
let metrics: Metrics;
let server: FastifyInstance;
let url: string;
let phase: Phase;
const outbox = createOutbox({ wake: () => {}, changed: () => {} });

beforeAll(async () => {
  direct = await createTestDatabase();
  proxy = await startBreakableProxy(direct.url);
  db = await openDatabase(proxy.url, () => {});
  await registerJobs(sqlOn(direct.pool), allJobs, new Date());
});
beforeEach(async () => {
  phase = 'ready';
  const figures = { readQueueStates: () => readQueueStates(sqlOn(db.pool)), ...readFigures(db) };
  metrics = createMetrics(figures);
  server = fastify();
  server.setErrorHandler((error, request, reply) => sendError(request, reply, error));
  const watch = { ...figures, ...watchProcess(db), phase: () => phase };
  const ofJobs = { listJobs: () => listJobs(sqlOn(db.pool), allJobs) };
  registerHealth(server, { metrics, ...watch, readHealth: () => readHealth({ ...watch, ...ofJobs }) });
  url = await server.listen();
});
afterEach(async () => {
  proxy.mend();
  await server.close();
});
afterAll(async () => {
  await db.close();
  await proxy.close();
  await direct.drop();
});

async function get(path: string): Promise<{ status: number; text: string; body: Record<string, never> }> {
  const response = await fetch(url + path);
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : {} };
}

/** One event delivered, one dead, one that waits for its second try. */
async function makeTraffic(portal: string): Promise<void> {
  await addIntegration(direct, portal);
  const answers = { ord_1: delivered('x'), ord_2: rejected, ord_3: unavailable };
  const dispatcher = testDispatcher(
    direct,
    { [portal]: { backoffBaseMs: 60_000 } },
    ({ entityId }) => answers[entityId as keyof typeof answers],
    undefined,
    (attempt, integrationId) => metrics.attemptEnded(attempt, integrationId),
  );
  const ids = await enqueue(direct, outbox, [
    effect(portal, 'ord_1'),
    effect(portal, 'ord_2'),
    effect(portal, 'ord_3'),
  ]);
  await dispatcher.start();
  await untilStatus(direct, ids, 'SUCCESS', 'FAILED', 'RETRYING');
  await dispatcher.stop(1000);
}

it('B25 counts syncs by outcome, their response time, webhooks, and active and retrying events', async () => {
  await makeTraffic('counted');
  metrics.webhookAccepted({ integrationId: 'counted', status: 'PROCESSED', duplicate: false });

  const { status, text } = await get('/metrics');

  expect(status).toBe(200);
  const attempts = 'syncline_sync_attempt_duration_seconds_count{integration="counted",entity_type="ORDER"';
  expect(text).toContain(`${attempts},outcome="success"} 1`);
  expect(text).toContain(`${attempts},outcome="failed"} 1`);
  expect(text).toContain(`${attempts},outcome="retry"} 1`);
  expect(text).toContain('syncline_sync_attempt_duration_seconds_sum{integration="counted"');
  expect(text).toContain('syncline_webhooks_total{integration="counted",status="PROCESSED",duplicate="false"} 1');
  expect(text).toContain('syncline_active_sync_events{integration="counted"} 1');
  expect(text).toContain('syncline_retrying_sync_events{integration="counted"} 1');
  expect(text).toContain('syncline_dead_letters{integration="counted"} 1');
  expect(text).toContain('process_cpu_seconds_total');
});

it('B24 tells the health of the database, the queue and the portal, and whose it is to nobody', async () => {
  await makeTraffic('merchant-of-berlin');
  await direct.pool.query(`update jobs set outcome = 'FAILED' where name = 'reconcile'`);
  await direct.pool.query(`update integration_gates set circuit = 'OPEN' where integration_id = 'merchant-of-berlin'`);

  const { status, body, text } = await get('/health');

  expect(status).toBe(200);
  expect(body).toMatchObject({
    success: true,
    data: {
      status: 'DEGRADED',
      components: {
        database: { health: 'HEALTHY', connections: expect.any(Number) },
        jobs: { health: 'DEGRADED', total: allJobs.length, failed: ['reconcile'] },
        dispatcher: { health: 'DOWN', instances: 0 },
        queue: { deadLetters: expect.any(Number) },
        upstreams: [{ connector: 'b2b-portal', health: 'DOWN', openCircuits: 1 }],
      },
    },
  });
  expect(text).not.toContain('berlin');
});

it('is alive but not ready while the database is away; the metrics of the process stay', async () => {
  proxy.cut();

  const [alive, ready, health, page] = await Promise.all(['/livez', '/readyz', '/health', '/metrics'].map(get));

  expect(alive).toMatchObject({ status: 200, body: { data: { status: 'alive' } } });
  expect(ready).toMatchObject({ status: 503, body: { success: false, code: 'DATABASE_UNAVAILABLE' } });
  expect(health).toMatchObject({ status: 503, body: { success: false, code: 'DATABASE_UNAVAILABLE' } });
  expect(page?.status).toBe(200);
  expect(page?.text).toContain('process_cpu_seconds_total');
  expect(page?.text).not.toContain('syncline_dead_letters{');
});

it('is ready only between the start and the first signal to stop', async () => {
  const ready = await get('/readyz');
  phase = 'starting';
  const starting = await get('/readyz');
  phase = 'draining';
  const draining = await get('/readyz');

  expect(ready).toMatchObject({ status: 200, body: { data: { status: 'ready' } } });
  expect(starting).toMatchObject({ status: 503, body: { code: 'NOT_READY', error: 'The hub is starting.' } });
  expect(draining).toMatchObject({ status: 503, body: { code: 'NOT_READY' } });
});
