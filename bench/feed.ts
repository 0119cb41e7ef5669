/**
 * How long a change takes from before its transaction to a subscriber in the process: `node bench/feed.ts` after
 * `npm run build`. One embedded PostgreSQL with fsync on, two instances, 20 subscribers of everything, a steady rate; then
 * the same while a foreign transaction that has written stays open.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import pino from 'pino';
import { openDatabase } from '../dist/src/db/database.js';
import { startEmbeddedPostgres } from '../dist/src/db/embedded-postgres.js';
import { createNotifier } from '../dist/src/db/notifier.js';
import { createFeed } from '../dist/src/feed/feed.js';

const RATE_PER_SECOND = 100;
const WINDOW_MS = Number(process.env['BENCH_WINDOW_MS'] ?? 30_000);
const SUBSCRIBERS = 20;
const TARGET_P99_MS = 150;

const dataDir = mkdtempSync(join(tmpdir(), 'syncline-bench-'));
const server = await startEmbeddedPostgres({ dataDir });
const db = await openDatabase(server.url, () => {});
await db.migrate();
const log = pino({ level: 'warn' });
const notifier = createNotifier({ url: server.url, log });
notifier.start();

/** An instance that only reads stands for every other process of the hub. */
const [writer, reader] = [0, 1].map(() => createFeed({ db, notifier, log }));
await writer.start();
await reader.start();

const startedAt = new Map<string, number>();
const everything = { merchantId: null, kinds: null };
let latencies: number[] = [];
for (let index = 0; index < SUBSCRIBERS; index += 1) void follow(index % 2 ? writer : reader);

async function follow(feed: typeof writer): Promise<void> {
  for await (const change of await feed.subscribe(everything, null)) {
    const at = startedAt.get(change.entityId);
    if (at !== undefined) latencies.push(performance.now() - at);
  }
}

async function publish(id: string): Promise<void> {
  startedAt.set(id, performance.now());
  await db.transaction((tx) =>
    writer.publish(tx, [{ kind: 'order.updated', merchantId: 'm1', entityType: 'ORDER', entityId: id }]),
  );
}

async function measure(name: string): Promise<void> {
  latencies = [];
  const from = performance.now();
  const published: Promise<void>[] = [];
  for (let count = 0; performance.now() - from < WINDOW_MS; count += 1) {
    published.push(publish(`${name}-${count}`));
    const dueIn = from + ((count + 1) * 1000) / RATE_PER_SECOND - performance.now();
    if (dueIn > 0) await new Promise((resolve) => setTimeout(resolve, dueIn));
  }
  await Promise.all(published);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const sorted = latencies.sort((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
  const missing = published.length * SUBSCRIBERS - sorted.length;
  console.log(
    `${name}: ${published.length} changes to ${SUBSCRIBERS} subscribers, p50 ${quantile(0.5).toFixed(1)} ms, ` +
      `p99 ${quantile(0.99).toFixed(1)} ms (target ${TARGET_P99_MS}), missing ${missing}`,
  );
}

await measure('steady');
const foreign = new pg.Client(server.url);
await foreign.connect();
await foreign.query('begin; select pg_current_xact_id()');
await measure('foreign transaction open');
await foreign.query('commit');
await foreign.end();

await Promise.all([writer.stop(), reader.stop()]);
await notifier.stop();
await db.close();
await server.stop();
rmSync(dataDir, { recursive: true, force: true });
