/**
 * Dispatch of trivial work, ours against graphile-worker with its local queue, on one embedded PostgreSQL with fsync on.
 * Ours keeps order per entity and writes all of the product's rows: event, attempt, link, two or three changes. graphile-worker
 * runs unordered and deletes the job.
 *
 *   npm run build && npm ci --prefix bench && node bench/dispatch.ts [scenario …] [--rounds=3]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { openDatabase } from '../dist/src/db/database.js';
import { startEmbeddedPostgres } from '../dist/src/db/embedded-postgres.js';
import { createNotifier } from '../dist/src/db/notifier.js';
import { createDispatcher } from '../dist/src/outbox/dispatcher.js';
import { createOutbox } from '../dist/src/outbox/outbox.js';
import { fillPeer, runPeer } from './dispatch-peer.ts';
import { processorTime } from './processor-time.ts';

const WAITING = 30_000;
const MANY = 1_000_000;
/** Long enough that nothing that is stuck comes back within a run. */
const FAR_MS = 600_000;
const PAYLOAD = { number: 'SO-100042', currency: 'EUR', lines: [{ sku: 'A-1', quantity: 2, unitPrice: '12.50' }] };

const log = pino({ level: 'silent' });
const rounds = Number(process.argv.find((argument) => argument.startsWith('--rounds='))?.slice(9) ?? 3);
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);

async function measure(): Promise<void> {
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}, rounds ${rounds}\n`);
  const rates: Record<string, number[]> = {};
  const add = (name: string, { rate, nodeUs, postgresUs }: Measured) => {
    rates[name] = [...(rates[name] ?? []), rate];
    const cpu = `CPU per event: Node ${nodeUs.toFixed(0)} µs, PostgreSQL ${postgresUs.toFixed(0)} µs`;
    console.log(`  ${name.padEnd(28)} ${Math.round(rate).toLocaleString('en').padStart(7)}/s   ${cpu}`);
  };
  for (let round = 0; round < rounds; round++) {
    if (isWanted('peer')) add('graphile-worker', await peer(true));
    if (isWanted('unbatched')) add('graphile-worker, one by one', await peer(false));
    if (isWanted('1')) add('1 per entity', await ours({ waiting: WAITING, perEntity: 1 }));
    if (isWanted('10')) add('10 per entity', await ours({ waiting: WAITING, perEntity: 10 }));
    if (isWanted('stuck'))
      add('10 per entity, 10 % stuck', await ours({ waiting: WAITING, perEntity: 10, stuck: 0.1 }));
  }
  if (isWanted('many')) add('1,000,000, 10 per entity', await ours({ waiting: MANY, perEntity: 10, until: 60_000 }));
  report(rates);
  if (isWanted('latency')) await latency();
}

function report(rates: Record<string, number[]>): void {
  const median = (name: string) => rates[name]?.toSorted((a, b) => a - b)[rates[name].length >> 1] ?? Number.NaN;
  const ratio = (a: string, b: string, target: number) => {
    const value = median(a) / median(b);
    if (!Number.isNaN(value)) console.log(`${a} / ${b}: ${value.toFixed(2)} (target ${target})`);
  };
  console.log();
  ratio('1 per entity', 'graphile-worker', 1.3);
  ratio('10 per entity', 'graphile-worker', 3);
  ratio('1 per entity', 'graphile-worker, one by one', 1.3);
  ratio('10 per entity', 'graphile-worker, one by one', 3);
  ratio('10 per entity, 10 % stuck', '10 per entity', 0.8);
  ratio('1,000,000, 10 per entity', '10 per entity', 0.9);
}

async function freshDatabase(): Promise<string> {
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query('drop database if exists bench with (force)');
  await admin.query('create database bench');
  await admin.query('checkpoint');
  await admin.end();
  const url = new URL(server.url);
  url.pathname = '/bench';
  return url.href;
}

interface Scenario {
  waiting: number;
  perEntity: number;
  /** Share of the entities whose first event fails. */
  stuck?: number;
  /** Stop the clock after so many instead of all. */
  until?: number;
}

/** Events per second that were sent and settled, and what each cost in processor time. */
interface Measured {
  rate: number;
  nodeUs: number;
  postgresUs: number;
}

async function timed(work: () => Promise<number>): Promise<Measured> {
  const before = { node: process.cpuUsage(), postgres: processorTime(server.pid) };
  const from = performance.now();
  const events = await work();
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(before.node);
  return {
    rate: events / seconds,
    nodeUs: (user + system) / events,
    postgresUs: ((processorTime(server.pid) - before.postgres) * 1e6) / events,
  };
}

async function peer(isBatched: boolean): Promise<Measured> {
  const url = await freshDatabase();
  await fillPeer(url, WAITING, PAYLOAD);
  return timed(() => runPeer(url, WAITING, isBatched));
}

async function ours({ waiting, perEntity, stuck = 0, until }: Scenario): Promise<Measured> {
  const hub = await openHub();
  await fill(hub, waiting, perEntity);
  const entities = waiting / perEntity;
  const isStuck = (entityId: string) => Number(entityId.slice(4)) < entities * stuck;
  const target = until ?? Math.round(waiting * (1 - stuck));
  let sent = 0;
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const dispatcher = createDispatcher({
    ...hub.deps,
    deliver: async (_integration, effect) => {
      if (isStuck(effect.entityId)) return { result: FAILED, exchanges: [] };
      if (++sent === target) finish();
      return { result: { kind: 'delivered', externalId: `x-${effect.entityId}`, externalNumber: null }, exchanges: [] };
    },
  });
  const measured = await timed(async () => {
    await dispatcher.start();
    await finished;
    await dispatcher.stop(60_000);
    return sent;
  });
  const settled = await hub.db.pool.query(`select count(*)::int as n from sync_events where status = 'SUCCESS'`);
  await hub.close();
  if (settled.rows[0].n !== sent) throw new Error(`${settled.rows[0].n} of ${sent} were settled`);
  return measured;
}

const FAILED = { kind: 'retry', code: 'UPSTREAM_UNAVAILABLE', message: '503', httpStatus: 503, retryAfterMs: null };

const POLICY = {
  concurrency: 1000,
  ratePerSecond: null,
  maxAttempts: 4,
  backoffBaseMs: FAR_MS,
  backoffFactor: 2,
  timeoutMs: 30_000,
  circuitFailures: 1_000_000,
  circuitOpenMs: 1000,
};

async function openHub() {
  const url = await freshDatabase();
  const db = await openDatabase(url, () => {});
  await db.migrate();
  await db.pool.query(`insert into merchants (id, name) values ('m', 'm')`);
  await db.pool.query(
    `insert into integrations (id, merchant_id, name, connector) values ('i', 'm', 'i', 'b2b-portal')`,
  );
  const notifier = createNotifier({ url, log });
  notifier.start();
  const deps = {
    db,
    notifier,
    targets: async () => [{ integrationId: 'i', policy: POLICY, honoursIdempotencyKeys: true }],
    changed: () => {},
    onLinked: () => {},
    log,
  };
  const close = async () => {
    await notifier.stop();
    await db.close();
  };
  return { db, deps, close };
}

const effect = (entityId: string) => ({
  merchantId: 'm',
  integrationId: 'i',
  entityType: 'ORDER',
  entityId,
  operation: 'CREATE',
  payload: PAYLOAD,
  maxAttempts: 4,
});

/** By the product's own enqueue, round robin over the entities. */
async function fill(hub: Awaited<ReturnType<typeof openHub>>, waiting: number, perEntity: number): Promise<void> {
  const outbox = createOutbox({ wake: () => {}, changed: () => {} });
  const entities = waiting / perEntity;
  const size = 5000;
  for (let at = 0; at < waiting; at += size) {
    const events = Array.from({ length: size }, (_, i) => effect(`ord_${(at + i) % entities}`));
    await hub.db.transaction((tx) => outbox.enqueue(tx, events));
  }
  await hub.db.pool.query('vacuum analyze');
  await hub.db.pool.query('checkpoint');
}

/** From just before the commit that accepts an event to the start of its delivery, 100 a second. */
async function latency(): Promise<void> {
  const hub = await openHub();
  const accepted = new Map<string, number>();
  const waits: number[] = [];
  const dispatcher = createDispatcher({
    ...hub.deps,
    deliver: async (_integration, { entityId }) => {
      waits.push(performance.now() - (accepted.get(entityId) ?? 0));
      return { result: { kind: 'delivered', externalId: `x-${entityId}`, externalNumber: null }, exchanges: [] };
    },
  });
  const outbox = createOutbox({ wake: () => dispatcher.wake(), changed: () => {} });
  await dispatcher.start();
  const total = 1500;
  const from = performance.now();
  for (let i = 0; i < total; i++) {
    await sleep(Math.max(0, from + i * 10 - performance.now()));
    const entityId = `ord_${i}`;
    void hub.db.transaction(async (tx) => {
      await outbox.enqueue(tx, [effect(entityId)]);
      accepted.set(entityId, performance.now());
    });
  }
  while (waits.length < total) await sleep(20);
  await dispatcher.stop(5000);
  await hub.close();
  const sorted = waits.slice(200).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.toFixed(1);
  console.log(
    `enqueue to start at 100/s: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (target 10), worst ${sorted.at(-1)?.toFixed(1)} ms`,
  );
}

const dataDir = mkdtempSync(join(tmpdir(), 'syncline-bench-'));
const server = await startEmbeddedPostgres({ dataDir });
try {
  await measure();
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
