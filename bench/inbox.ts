/**
 * Signed webhooks of 600 B over HTTP into one embedded PostgreSQL with fsync on: the product, which lets requests share a
 * statement, against the same server with one statement per request, and against pgbench from 8 clients: one bare row per
 * transaction, and all the rows that a webhook leaves behind, row by row. Every webhook moves an order: webhook event, order, link, sync event, three changes.
 *
 *   npm run build && node bench/inbox.ts [--rounds=3] [--seconds=5] [--connections=64]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { pino } from 'pino';
import { buildHubSchema } from '../dist/schema/build.js';
import { createKeyring, seal, unseal } from '../dist/src/access/seal.js';
import { connectors } from '../dist/src/connectors/registry.js';
import { openDatabase } from '../dist/src/db/database.js';
import { startEmbeddedPostgres } from '../dist/src/db/embedded-postgres.js';
import { createNotifier } from '../dist/src/db/notifier.js';
import { createIntegrations } from '../dist/src/flow/integrations/integrations.js';
import { createRunCompiled } from '../dist/src/http/run-compiled.js';
import { ingestBySchema } from '../dist/src/http/webhooks/ingest-by-schema.js';
import { registerWebhooks } from '../dist/src/http/webhooks/register-webhooks.js';
import { acceptBatch } from '../dist/src/inbox/accept-batch.js';
import { createInbox } from '../dist/src/inbox/inbox.js';
import { createMappings } from '../dist/src/mapping/create-mappings.js';
import { BODY_BYTES, drive, makeRequests, ORDERS, PATH, SECRET } from './drive-webhooks.ts';
import { bareRow, CLIENTS, runPgbench, webhookRows } from './pgbench.ts';
import { processorTime } from './processor-time.ts';

const keyring = createKeyring(['a secret that is long enough for a benchmark']);
const option = (name: string, fallback: number) =>
  Number(process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1] ?? fallback);

const MODES = ['shared', 'one by one', 'empty route'] as const;
type Mode = (typeof MODES)[number];
const PEERS = ['bare rows', 'same rows'] as const;
type Peer = (typeof PEERS)[number];

/** The server under test, in a process of its own. */
async function serve(mode: Mode, url: string): Promise<void> {
  const log = pino({ level: 'silent' });
  const db = await openDatabase(url, () => {});
  const notifier = createNotifier({ url, log });
  notifier.start();
  const integrations = createIntegrations({
    db,
    connectors,
    openCredentials: (id: string, sealed: never) => unseal(keyring, id, sealed),
    http: { send: () => Promise.reject(new Error('No webhook calls an upstream')) },
    mappings: createMappings(),
    filesRoot: tmpdir(),
    notifier,
    log,
  });
  const shared = createInbox({ db, onCommit: () => {} });
  const accept = async (received: never) => {
    const [settled] = await acceptBatch(db.pool, [received]);
    if (settled.status === 'rejected') throw settled.reason;
    return settled.value;
  };
  const services = { db, log, connectors, integrations, inbox: mode === 'shared' ? shared : { ...shared, accept } };
  const run = createRunCompiled(buildHubSchema());
  const caller = { subject: 'hub', role: 'operator', merchantId: null, permissions: [], via: 'hub', expiresAt: null };
  const server = Fastify();
  if (mode === 'empty route') answerOnly(server);
  else
    await registerWebhooks(server, {
      pool: db.pool,
      ratePerSecond: 1e9,
      ingest: ingestBySchema((document: never, variables: never, { requestId }: { requestId: string }) =>
        run({ services, caller, requestId } as never, document, variables),
      ),
    });
  await server.listen({ port: 0, host: '127.0.0.1' });
  process.on('disconnect', () => process.exit());
  process.send?.((server.server.address() as { port: number }).port);
}

/** What HTTP alone costs: the bytes are taken and an answer of the usual size is given. */
function answerOnly(server: ReturnType<typeof Fastify>): void {
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: unknown, body: unknown) => body,
  );
  server.post(PATH, async () => ({ success: true, data: { message: 'x'.repeat(120) } }));
}

async function startServer(mode: Mode, url: string): Promise<{ port: number; child: ChildProcess }> {
  const child = fork(new URL(import.meta.url), ['serve', mode, url]);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number));
    child.once('exit', () => reject(new Error('The server did not start')));
  });
  return { port, child };
}

type Load = Record<'perSecond' | 'p50' | 'p99' | 'hubUs' | 'postgresUs', number>;

/** By then what runs often is compiled; before, compiling is a seventh of the hub's processor time. */
const WARM_UP_S = 3;
/** More than the hub takes; the empty route is through with them before the time is up. */
const ENOUGH_PER_SECOND = 15_000;

/** Each connection sends its next request when it has the answer to the last. */
async function load(
  { port, child }: Awaited<ReturnType<typeof startServer>>,
  connections: number,
  seconds: number,
  postgres: number,
): Promise<Load> {
  const used = () => [child.pid ?? 0, postgres].map(processorTime);
  const requests = makeRequests(seconds * ENOUGH_PER_SECOND);
  const latencies: number[] = [];
  const before = used();
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  await Promise.all(Array.from({ length: connections }, () => drive(port, until, requests, latencies)));
  const took = (performance.now() - startedAt) / 1000;
  const sorted = latencies.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  const [hubUs = 0, postgresUs = 0] = used().map((now, n) => ((now - (before[n] ?? 0)) * 1e6) / sorted.length);
  return { perSecond: sorted.length / took, p50: at(0.5), p99: at(0.99), hubUs, postgresUs };
}

async function prepare(url: string): Promise<void> {
  const db = await openDatabase(url, () => {});
  await db.migrate();
  await db.pool.query(`insert into merchants (id, name) values ('shop', 'Shop')`);
  await db.pool.query(
    `insert into integrations (id, merchant_id, name, connector, sealed_credentials, settings)
     values ('b2b-portal', 'shop', 'Portal', 'b2b-portal', $1, '{"baseUrl": "https://portal.example", "merchantId": "shop"}')`,
    [seal(keyring, 'b2b-portal', { apiKey: 'key', apiSecret: SECRET })],
  );
  await db.pool.query(
    `insert into orders (id, merchant_id, number, status, currency, subtotal, tax, shipping, discount, grand_total, placed_at)
     select 'ord_' || n, 'shop', 'PO-' || n, 'PENDING', 'EUR', 1, 0, 0, 0, 1, now() from generate_series(0, $1 - 1) n`,
    [ORDERS],
  );
  await db.pool.query(
    `insert into links (merchant_id, integration_id, entity_type, entity_id, external_id)
     select 'shop', 'b2b-portal', 'ORDER', 'ord_' || n, 'ext-' || n from generate_series(0, $1 - 1) n`,
    [ORDERS],
  );
  await db.pool.query('create table bare (id bigint generated always as identity primary key, body text)');
  await db.pool.query('analyze');
  await db.close();
}

const median = (list: number[]) => list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

async function measure(): Promise<void> {
  const [rounds, seconds, connections] = [option('rounds', 3), option('seconds', 5), option('connections', 64)];
  const folder = mkdtempSync(join(tmpdir(), 'syncline-bench-'));
  const server = await startEmbeddedPostgres({ dataDir: folder });
  console.log(
    `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}; ${rounds} rounds of ${seconds} s, ${connections} connections`,
  );
  const results: Record<Mode, Load[]> = { shared: [], 'one by one': [], 'empty route': [] };
  const scripts = { 'bare rows': bareRow(BODY_BYTES), 'same rows': webhookRows(ORDERS, BODY_BYTES) };
  const peers: Record<Peer, number[]> = { 'bare rows': [], 'same rows': [] };
  try {
    await prepare(server.url);
    for (let round = 0; round < rounds; round++) {
      for (const mode of MODES) {
        const running = await startServer(mode, server.url);
        await load(running, connections, WARM_UP_S, server.pid);
        const result = await load(running, connections, seconds, server.pid);
        running.child.disconnect();
        results[mode].push(result);
        console.log(
          `  ${mode.padEnd(12)} ${Math.round(result.perSecond)}/s  p50 ${result.p50.toFixed(1)} ms  p99 ${result.p99.toFixed(1)} ms  processor µs: hub ${result.hubUs.toFixed(0)}, PostgreSQL ${result.postgresUs.toFixed(0)}`,
        );
      }
      for (const peer of PEERS) {
        const rate = runPgbench(server.url, folder, seconds, scripts[peer]);
        peers[peer].push(rate);
        console.log(`  ${peer.padEnd(12)} ${Math.round(rate)}/s by pgbench, ${CLIENTS} clients`);
      }
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  report(results, peers);
}

function report(results: Record<Mode, Load[]>, peers: Record<Peer, number[]>): void {
  const of = (mode: Mode, what: keyof Load) => median(results[mode].map((result) => result[what]));
  const say = (what: string, one: number, other: number, target: string) =>
    console.log(`${what}: ${(one / other).toFixed(2)} (${target})`);
  console.log();
  say('shared / one by one', of('shared', 'perSecond'), of('one by one', 'perSecond'), 'target 3');
  for (const peer of PEERS) say(`shared / ${peer}`, of('shared', 'perSecond'), median(peers[peer]), 'target 1.1');
  say(
    'empty route / bare rows',
    of('empty route', 'perSecond'),
    median(peers['bare rows']),
    'no webhook can do better',
  );
  say('p99 shared / one by one', of('shared', 'p99'), of('one by one', 'p99'), 'target at most 0.6');
}

const [, , role, mode, url] = process.argv;
if (role === 'serve') await serve(mode as Mode, url ?? '');
else await measure();
