/**
 * One large CSV file of products, dropped into the folder of a hub in a process of its own with its embedded PostgreSQL (fsync
 * on), all at their default settings; then the same file with another price in 1 % of its rows. Prints progress, MB/s, rows/s,
 * and by how much the resident memory of the hub's process rose at its peak above what it was after the start (to stay below
 * 200 MB). Linux only. `node bench/files.ts [megabytes]`, after `npm run build`. There is no peer in it.
 */
import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHubClient } from '../dist/demo/hub-client.js';
import { spawnHub } from '../dist/demo/hub-process.js';
import { issueToken } from '../dist/src/access/token.js';

const MEGABYTE = 1e6;
const MOST_BYTES = 200 * MEGABYTE;
const POLL_MS = 500;
const TELL_MS = 10_000;
const bytes = Number(process.argv[2] ?? 100) * MEGABYTE;

const CREATE = `mutation ($input: CreateIntegrationInput!) { createIntegration(input: $input) { userErrors { message } } }`;
const SHOW = `{ importFiles(first: 1) { nodes { name status errorMessage rowsRead rowsChanged problemCount } }
  pulls(first: 1) { nodes { rowsRead rowsChanged startedAt finishedAt } } }`;

interface Shown {
  importFiles: {
    nodes: {
      name: string;
      status: string;
      errorMessage: string | null;
      rowsRead: number;
      rowsChanged: number;
      problemCount: number;
    }[];
  };
  pulls: { nodes: { rowsRead: number; rowsChanged: number; startedAt: string; finishedAt: string | null }[] };
}

const jwtSecret = randomBytes(24).toString('base64url');
const dataDir = mkdtempSync(join(tmpdir(), 'syncline-bench-'));
const folder = join(dataDir, 'csv/bench/files/in');
const hub = await spawnHub({
  DATA_DIR: dataDir,
  CSV_ROOT: join(dataDir, 'csv'),
  JWT_SECRET: jwtSecret,
  SIMULATORS: 'off',
  ...(process.env['HUB_OPTIONS'] && { NODE_OPTIONS: process.env['HUB_OPTIONS'] }),
});
const token = await issueToken({ secret: jwtSecret }, { sub: 'bench', role: 'admin' }, 36_000);
const user = createHubClient(hub.url, `Bearer ${token}`);

/** Of the hub's process: `VmRSS` now, `VmHWM` at its peak since {@link forgetPeak}; megabytes. */
function readMemory(name: 'VmRSS' | 'VmHWM'): number {
  const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status()) ?? [];
  return Math.round((Number(kilobytes) * 1024) / MEGABYTE);
}
const status = () => readFileSync(`/proc/${hub.pid}/status`, 'utf8');
const forgetPeak = () => writeFileSync(`/proc/${hub.pid}/clear_refs`, '5');

/** In a random order of SKUs, as a shop's list has; every hundredth price is of the given day. */
function* lines(day: number) {
  yield 'sku;name;brand;barcode;price;currency\r\n';
  let size = 0;
  for (let n = 0; size < bytes; ) {
    let block = '';
    for (let row = 0; row < 1000; row += 1, n += 1) {
      const id = String((n * 7_919) % 100_000_007).padStart(9, '0');
      const cents = String(n % 100 === 0 ? day : 90).padStart(2, '0');
      block += `SKU-${id};"Kırmızı Şapka, numara ${n}";Örgü ${n % 50};869${id};1.${String(n % 1000).padStart(3, '0')},${cents};TRY\r\n`;
    }
    size += Buffer.byteLength(block);
    yield block;
  }
}

/** Answers the hub's peak, megabytes. */
async function take(name: string, day: number): Promise<number> {
  const draft = join(folder, `${name}.part`);
  await pipeline(Readable.from(lines(day)), createWriteStream(draft));
  forgetPeak();
  const droppedAt = performance.now();
  renameSync(draft, join(folder, name));
  const { file, seconds } = await ended(name, droppedAt);
  const peak = readMemory('VmHWM');
  const sinceDrop = ((performance.now() - droppedAt) / 1000).toFixed(1);
  console.log(
    `${name}: ${bytes / MEGABYTE} MB, ${file.rowsRead} rows, ${file.rowsChanged} written, ${file.problemCount} problems; ` +
      `${sinceDrop} s since it was there, ${seconds.toFixed(1)} s of work: ${(bytes / MEGABYTE / seconds).toFixed(1)} MB/s, ` +
      `${Math.round(file.rowsRead / seconds)} rows/s; peak RSS ${peak} MB; load ${loadavg()[0]?.toFixed(1)}`,
  );
  return peak;
}

async function ended(name: string, droppedAt: number) {
  for (let told = performance.now(); ; await sleep(POLL_MS)) {
    const { importFiles, pulls } = await user.ask<Shown>(SHOW);
    const [file] = importFiles.nodes;
    const [pull] = pulls.nodes;
    if (file?.name !== name || !pull) continue;
    if (file.status === 'FAILED') throw new Error(file.errorMessage ?? 'The file failed.');
    const seconds = (Date.parse(pull.finishedAt ?? '') - Date.parse(pull.startedAt)) / 1000;
    if (file.status === 'DONE') return { file, seconds };
    if (performance.now() - told < TELL_MS) continue;
    told = performance.now();
    const after = Math.round((told - droppedAt) / 1000);
    console.log(
      `  ${after} s: ${pull.rowsRead} rows read, ${pull.rowsChanged} written; RSS ${readMemory('VmRSS')} MB, peak ${readMemory('VmHWM')} MB`,
    );
  }
}

async function measure(): Promise<void> {
  console.log(
    `${new Date().toISOString()}, ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}`,
  );
  const settings = { name: 'Files', connector: 'csv', mode: 'POLLING', credentials: {}, settings: { settleMs: 0 } };
  await user.ask(CREATE, { input: { merchantId: 'bench', ...settings } });
  mkdirSync(folder, { recursive: true });
  await sleep(3000);
  const before = readMemory('VmRSS');
  console.log(`${before} MB after the start`);
  const peaks = [await take('products-1.csv', 10), await take('products-2.csv', 11)];
  const rise = Math.max(...peaks) - before;
  console.log(`The peak is ${rise} MB above what it was after the start (at most ${MOST_BYTES / MEGABYTE}).`);
  if (rise > MOST_BYTES / MEGABYTE) process.exitCode = 1;
}

try {
  await measure();
} finally {
  await hub.end('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
}
