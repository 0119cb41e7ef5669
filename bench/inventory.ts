/**
 * A warehouse's stock, read by a hub in a process of its own with its embedded PostgreSQL (fsync on) from the simulator of
 * Extensiv in another, each run asked for by the public mutation: a tenth of the rows, then all, then all again after 1 % of
 * them has changed. Prints rows/s, rows written and the peak of the hub process's resident memory in each run. Linux only.
 * `node bench/inventory.ts [rows]`, after `npm run build`. There is no peer in it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHubClient } from '../dist/demo/hub-client.js';
import { spawnHub } from '../dist/demo/hub-process.js';
import { issueToken } from '../dist/src/access/token.js';
import { spawnSimulator } from '../dist/src/connectors/simulator/spawn-simulator.js';

const ROWS = Number(process.argv[2] ?? 1_000_000);
/** The whole ends by then, whatever it has come to; an idle machine needs a part of it. */
const LONGEST_MS = 480_000;
const POLL_MS = 200;
const SETTINGS = { pageSize: 5000, ratePerSecond: 10_000, timeout: 60_000, pullEveryMinutes: 1440, maxRetries: 0 };

const UPDATE = `mutation ($input: UpdateIntegrationInput!) { updateIntegration(input: $input) { userErrors { message } } }`;
const PAUSE = 'mutation { pauseJob(name: "start-pulls") { userErrors { message } } }';
const SYNC = `mutation ($input: SyncIntegrationInput!) { syncInventory(input: $input) { syncEvent { id } userErrors { message } } }`;
const SHOW = `query ($id: ID!) { syncEvent(id: $id) { status errorMessage
  pulls { state rowsRead rowsChanged rowsRemoved problemCount startedAt finishedAt errorMessage } } }`;

const secret = () => randomBytes(24).toString('base64url');
const keys = { apiKey: 'bench', apiSecret: secret() };
const jwtSecret = secret();
const deadline = performance.now() + LONGEST_MS;
const dataDir = mkdtempSync(join(tmpdir(), 'syncline-bench-'));
const warehouse = await spawnSimulator('extensiv', keys);
const hub = await spawnHub({
  DATA_DIR: dataDir,
  JWT_SECRET: jwtSecret,
  EXTENSIV_BASE_URL: warehouse.url,
  EXTENSIV_CLIENT_ID: keys.apiKey,
  EXTENSIV_CLIENT_SECRET: keys.apiSecret,
});
const token = await issueToken({ secret: jwtSecret }, { sub: 'bench', role: 'admin' }, 3600);
const user = createHubClient(hub.url, `Bearer ${token}`);

interface Pull {
  state: string;
  rowsRead: number;
  rowsChanged: number;
  rowsRemoved: number;
  problemCount: number;
  startedAt: string;
  finishedAt: string | null;
  errorMessage: string | null;
}

/** Peak of resident memory since the last call of {@link forgetPeak}, MiB. */
function readPeak(): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${hub.pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
const forgetPeak = () => writeFileSync(`/proc/${hub.pid}/clear_refs`, '5');

/** Answers how many rows were written, products and stock alike. */
async function pull(name: string): Promise<number> {
  forgetPeak();
  const { syncInventory } = await user.ask<{
    syncInventory: { syncEvent: { id: string } | null; userErrors: { message: string }[] };
  }>(SYNC, { input: { integrationId: 'extensiv' } });
  const id = syncInventory.syncEvent?.id;
  if (!id) throw new Error(syncInventory.userErrors[0]?.message);
  const run = await ended(id);
  const seconds = (Date.parse(run.finishedAt ?? '') - Date.parse(run.startedAt)) / 1000;
  const peak = readPeak();
  console.log(
    `${name.padEnd(22)} ${run.rowsRead} read, ${run.rowsChanged} written in ${seconds.toFixed(1)} s: ` +
      `${Math.round(run.rowsRead / seconds)} rows/s; peak RSS ${peak} MiB; load ${loadavg()[0]?.toFixed(1)}`,
  );
  return run.rowsChanged;
}

async function ended(id: string): Promise<Pull> {
  for (;;) {
    const { syncEvent } = await user.ask<{
      syncEvent: { status: string; errorMessage: string | null; pulls: Pull[] };
    }>(SHOW, { id });
    const [run] = syncEvent.pulls;
    if (syncEvent.status === 'SUCCESS' && run) return run;
    if (syncEvent.status === 'FAILED') throw new Error(syncEvent.errorMessage ?? 'The pull failed.');
    if (performance.now() > deadline) throw new Error(`Not done in time: ${JSON.stringify(run)}`);
    await sleep(POLL_MS);
  }
}

async function measure(): Promise<void> {
  console.log(
    `${new Date().toISOString()}, ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}`,
  );
  await user.ask(UPDATE, { input: { id: 'extensiv', settings: SETTINGS } });
  // By the clock the products would be read besides.
  await user.ask(PAUSE);
  const tenth = ROWS / 10;
  console.log(`${readPeak()} MiB after the start`);
  await warehouse.control.advance({ id: 'made-up', status: String(tenth) });
  await pull('a tenth, new');
  await warehouse.control.advance({ id: 'made-up', status: String(ROWS) });
  await pull('all, nine tenths new');
  await warehouse.control.advance({ id: 'drift', status: '1' });
  const written = await pull('all, 1 % changed');
  if (written !== ROWS / 100) throw new Error(`${ROWS / 100} rows should have been written.`);
}

try {
  await measure();
} finally {
  await hub.end('SIGTERM');
  await warehouse.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
