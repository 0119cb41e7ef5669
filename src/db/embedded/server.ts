import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { adviseOnRoot, asOrdinaryUser, type Binaries } from './binaries.js';
import { type Cluster, USER } from './cluster.js';
import { freePort } from './free-port.js';

/** A PostgreSQL that accepts connections. */
export interface Server {
  url: string;
  port: number;
  pid: number;
  /** False: it was found running. */
  started: boolean;
}

/** Recovery after a kill replays what was written since the last checkpoint. */
const START_TIMEOUT_MS = 120_000;
const RETRY_MS = 50;
const ANSWER_TIMEOUT_MS = 10_000;

/** Settings that differ from PostgreSQL's own: freshness of dead rows on the queue's tables matters, disk is local. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  autovacuum_naptime: '2s',
  // The log must hold no row: neither the details of an error nor the statement.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

/** What another hub's server, or one that is just going down, makes PostgreSQL say; trying again helps. */
const PASSING = /lock file .* already exists|is still in use|could not bind|could not create any TCP/;
/** Something else listens at the port. */
const TAKEN = /could not bind|could not create any TCP/;

/**
 * Finds the running server of this cluster or starts one. Two hubs that do so at once end up with the same server.
 * @param port to start it on; null: where it was last, since another hub may wait for it there, or else a free one
 * @throws Error with what PostgreSQL said
 */
export async function ensureServer(
  cluster: Cluster,
  binaries: Binaries,
  settings: Record<string, string>,
  port: number | null,
): Promise<Server> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let wanted = port ?? lastPort(cluster);
  let failure = '';
  while (Date.now() < deadline) {
    const running = await findRunning(cluster, deadline);
    if (running) return running;
    const launched = await launch(cluster, binaries, settings, wanted ?? (await freePort()), deadline);
    if (typeof launched !== 'string') return launched;
    failure = launched;
    if (!PASSING.test(failure)) break;
    if (port === null && TAKEN.test(failure)) wanted = null;
    await sleep(RETRY_MS);
  }
  throw new Error(`The embedded PostgreSQL in ${cluster.folder} did not start: ${failure || 'it does not answer'}`);
}

/** Whether this process is the server of this cluster. */
export function isServerOf(cluster: Cluster, pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A server works in its data folder, which tells it from a process that has taken its id since a reboot.
    return process.platform !== 'linux' || readlinkSync(`/proc/${pid}/cwd`) === cluster.folder;
  } catch (error) {
    // EPERM: another user's process cannot be a server of our files. EACCES: this machine does not tell.
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

const urlOf = (port: number, { password }: Cluster) => `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`;

async function findRunning(cluster: Cluster, deadline: number): Promise<Server | null> {
  const { pid, port } = readPidFile(cluster);
  if (!pid) return null;
  if (!isServerOf(cluster, pid)) {
    // PostgreSQL would take any living process with this id for the server and refuse to start.
    rmSync(join(cluster.folder, 'postmaster.pid'), { force: true });
    return null;
  }
  const url = urlOf(port, cluster);
  const ready = port > 0 && (await isReady(url, () => isServerOf(cluster, pid), deadline));
  return ready ? { url, port, pid, started: false } : null;
}

/** Zeros while there is none, or while it is being written. */
function readPidFile(cluster: Cluster): { pid: number; port: number } {
  try {
    const [pid, , , port] = readFileSync(join(cluster.folder, 'postmaster.pid'), 'utf8').split('\n').map(Number);
    return { pid: pid || 0, port: port || 0 };
  } catch {
    return { pid: 0, port: 0 };
  }
}

/** Where the server was started last; null: never, or it is not known. PostgreSQL keeps how, also after a kill. */
function lastPort(cluster: Cluster): number | null {
  try {
    const options = readFileSync(join(cluster.folder, 'postmaster.opts'), 'utf8');
    return Number(/"port=(\d+)"/.exec(options)?.[1]) || null;
  } catch {
    return null;
  }
}

/** Answers what PostgreSQL said when it did not start. */
async function launch(
  cluster: Cluster,
  { postgres }: Binaries,
  settings: Record<string, string>,
  port: number,
  deadline: number,
): Promise<Server | string> {
  const all = { ...SETTINGS, ...settings, port: String(port) };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, args] = asOrdinaryUser(postgres, ['-D', cluster.folder, ...flags]);
  const log = openSync(cluster.logFile, 'a', 0o600);
  const said = statSync(cluster.logFile).size;
  // Detached, and writing to a file: neither a Ctrl-C in the terminal nor the death of the hub reaches it.
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'ignore', log] });
  closeSync(log);
  child.unref();
  const failed = new Promise<string>((resolve) => child.once('error', (error) => resolve(error.message)));
  const url = urlOf(port, cluster);
  const ready = await Promise.race([
    isReady(url, () => child.exitCode === null && child.signalCode === null, deadline),
    failed,
  ]);
  if (ready === true) return { url, port, pid: readPidFile(cluster).pid, started: true };
  return `${ready || readFileSync(cluster.logFile).subarray(said).toString().trim()}${adviseOnRoot()}`;
}

async function isReady(url: string, alive: () => boolean, deadline: number): Promise<boolean> {
  while (Date.now() < deadline && alive()) {
    // What listens there may be something else, which never answers.
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: ANSWER_TIMEOUT_MS });
    client.on('error', () => {});
    try {
      await client.connect();
      return true;
    } catch {
      await sleep(RETRY_MS / 2);
    } finally {
      await client.end().catch(() => {});
    }
  }
  return false;
}
