/**
 * Ninety days of transactions compared: a hub in a process of its own, the simulator of FlashERP in another, a PostgreSQL
 * (fsync on), and as many transactions on both sides; first a tenth of them, then all. One in 10,000 has another amount
 * there, one in 10,000 is missing here, one in 10,000 there; each run must find exactly those. Prints records/s and the peak
 * of the hub process's resident memory in each run. Linux only. `node bench/reconcile.ts [records]`, after `npm run build`.
 * There is no peer in it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createHubClient } from '../dist/demo/hub-client.js';
import { spawnHub } from '../dist/demo/hub-process.js';
import { issueToken } from '../dist/src/access/token.js';
import { spawnSimulator } from '../dist/src/connectors/simulator/spawn-simulator.js';
import { startEmbeddedPostgres } from '../dist/src/db/embedded-postgres.js';

const RECORDS = Number(process.argv[2] ?? 1_000_000);
const ODD = 10_000;
const POLL_MS = 500;
/** The whole ends by then, whatever it has come to. */
const LONGEST_MS = 1_200_000;
const SETTINGS = { ratePerSecond: 10_000, timeout: 60_000, maxRetries: 0, timetable: { reconciliation: null } };

const UPDATE = `mutation ($input: UpdateIntegrationInput!) { updateIntegration(input: $input) { userErrors { message } } }`;
const RECONCILE = `mutation { reconcile(input: { integrationId: "flasherp", entityTypes: [TRANSACTION] }) {
  reconciliation { id } userErrors { message } } }`;
const SHOW = `query ($id: ID!) { reconciliation(id: $id) { state recordsRead differenceCount errorMessage createdAt finishedAt } }`;

/** `$1` from, `$2` to: what one in 10,000 lacks is missing here. */
const FILL = `insert into transactions (id, merchant_id, reference, type, status, amount, currency, occurred_at)
select 'txn_made_' || n, 'default', 'MADE-' || n, 'PAYMENT', 'SUCCEEDED', 19.90, 'EUR', now()
from generate_series($1::int, $2::int - 1) n where n % ${ODD} <> 1`;
const LINK = `insert into links (merchant_id, integration_id, entity_type, entity_id, external_id, state, synced_at)
select 'default', 'flasherp', 'TRANSACTION', 'txn_made_' || n, 'fe_made_' || n, 'SYNCED', now()
from generate_series($1::int, $2::int - 1) n where n % ${ODD} <> 1`;
/** One in 10,000 more, which FlashERP does not have. */
const EXTRA = `insert into transactions (id, merchant_id, reference, type, status, amount, currency, occurred_at)
select 'txn_here_' || n, 'default', 'HERE-' || n, 'PAYMENT', 'SUCCEEDED', 19.90, 'EUR', now()
from generate_series($1::int, $2::int - 1) n where n % ${ODD} = 2`;

const secret = () => randomBytes(24).toString('base64url');
const keys = { apiKey: 'bench', apiSecret: secret() };
const jwtSecret = secret();
const deadline = performance.now() + LONGEST_MS;
const dataDir = mkdtempSync(join(tmpdir(), 'syncline-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir });
const erp = await spawnSimulator('flasherp', keys);
const hub = await spawnHub({
  DATA_DIR: dataDir,
  DATABASE_URL: postgres.url,
  JWT_SECRET: jwtSecret,
  FLASHERP_BASE_URL: erp.url,
  FLASHERP_API_KEY: keys.apiKey,
  FLASHERP_API_SECRET: keys.apiSecret,
});
const token = await issueToken({ secret: jwtSecret }, { sub: 'bench', role: 'admin' }, 3600);
const user = createHubClient(hub.url, `Bearer ${token}`);
const client = new pg.Client(postgres.url);

interface Run {
  state: string;
  recordsRead: number;
  differenceCount: number;
  errorMessage: string | null;
  createdAt: string;
  finishedAt: string;
}

/** Peak of resident memory since the last call of {@link forgetPeak}, MiB. */
function readPeak(): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${hub.pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
const forgetPeak = () => writeFileSync(`/proc/${hub.pid}/clear_refs`, '5');

async function fill(from: number, to: number): Promise<void> {
  for (const statement of [FILL, LINK, EXTRA]) await client.query(statement, [from, to]);
  await client.query('vacuum analyze transactions, links');
  await erp.control.advance({ id: 'made-up', status: String(to) });
}

async function reconcile(records: number): Promise<void> {
  forgetPeak();
  const { reconcile: started } = await user.ask<{
    reconcile: { reconciliation: { id: string } | null; userErrors: { message: string }[] };
  }>(RECONCILE);
  if (!started.reconciliation) throw new Error(started.userErrors[0]?.message);
  const run = await ended(started.reconciliation.id);
  const seconds = (Date.parse(run.finishedAt) - Date.parse(run.createdAt)) / 1000;
  console.log(
    `${records} records: ${run.recordsRead} read, ${run.differenceCount} differences in ${seconds.toFixed(1)} s: ` +
      `${Math.round(run.recordsRead / seconds)}/s; peak RSS ${readPeak()} MiB; load ${loadavg()[0]?.toFixed(1)}`,
  );
  const wanted = 3 * Math.ceil(records / ODD);
  if (run.differenceCount !== wanted) throw new Error(`${wanted} differences should have been found.`);
}

async function ended(id: string): Promise<Run> {
  for (;;) {
    const { reconciliation: run } = await user.ask<{ reconciliation: Run }>(SHOW, { id });
    if (run.state === 'COMPLETE') return run;
    if (run.state === 'FAILED') throw new Error(run.errorMessage ?? 'The run failed.');
    if (performance.now() > deadline) throw new Error(`Not done in time: ${JSON.stringify(run)}`);
    await sleep(POLL_MS);
  }
}

try {
  console.log(
    `${new Date().toISOString()}, ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}`,
  );
  await client.connect();
  await user.ask(UPDATE, { input: { id: 'flasherp', settings: SETTINGS } });
  console.log(`${readPeak()} MiB after the start`);
  const tenth = RECORDS / 10;
  await fill(0, tenth);
  await reconcile(tenth);
  await fill(tenth, RECORDS);
  await reconcile(RECORDS);
} finally {
  await client.end().catch(() => {});
  await hub.end('SIGTERM');
  await erp.stop();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
