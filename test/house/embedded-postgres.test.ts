import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded-postgres.js';

const MODULE = new URL('../../src/db/embedded-postgres.js', import.meta.url).href;

let dataDir: string;
let open: EmbeddedPostgres[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'syncline-embedded-'));
});
afterEach(async () => {
  for (const server of open) await server.stop();
  open = [];
  rmSync(dataDir, { recursive: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir });
  open.push(server);
  return server;
}

/** A process that holds the server as a hub does; answers it with the server's URL. */
async function startInProcess(): Promise<{ child: ChildProcess; url: string }> {
  const code = `const { startEmbeddedPostgres } = await import(${JSON.stringify(MODULE)});
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    process.on('SIGTERM', () => server.stop().then(() => process.exit(0)));
    process.stdout.write(server.url + '\\n');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { child, url: line.toString().trim() };
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Whether the process runs; one that has ended and that nobody has asked for its exit code does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

it('is durable, and stops with its hub', async () => {
  const server = await start();

  const [settings] = await query(
    server.url,
    `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`,
  );
  await server.stop();

  expect(settings).toEqual({ fsync: 'on', commit: 'on' });
  expect(isAlive(server.pid)).toBe(false);
});

it('is found again by the next hub after a kill -9 of the first, with its data', async () => {
  const first = await startInProcess();
  await query(first.url, 'create table kept as select 42 as answer');
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');

  const second = await start();

  expect(second.started).toBe(false);
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

it('writes to its own log, whoever has died', async () => {
  const first = await startInProcess();
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');

  await query(first.url, `do $$ begin raise warning 'still here'; end $$`);
  await start();

  expect(readFileSync(join(dataDir, 'postgres/server.log'), 'utf8')).toContain('still here');
});

it('is shared by two hubs that start at once on a new folder; the last one to leave stops it', async () => {
  const [one, two] = await Promise.all([startInProcess(), startInProcess()]);
  const server = await start();
  const { pid } = server;

  for (const hub of [one, two]) {
    hub.child.kill('SIGTERM');
    await once(hub.child, 'exit');
  }
  const afterTwo = isAlive(pid);
  await server.stop();

  expect(one.url).toBe(two.url);
  expect(server.url).toBe(one.url);
  expect(afterTwo).toBe(true);
  expect(isAlive(pid)).toBe(false);
});

it('is stopped by one of two hubs that leave at the same instant', async () => {
  const [one, two] = await Promise.all([startInProcess(), startInProcess()]);
  const pid = Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);

  one.child.kill('SIGTERM');
  two.child.kill('SIGTERM');
  await Promise.all([once(one.child, 'exit'), once(two.child, 'exit')]);

  expect(isAlive(pid)).toBe(false);
});

it('is started again on the same address when it is killed, and a pool goes on', async () => {
  const server = await start();
  const pool = new pg.Pool({ connectionString: server.url });
  pool.on('error', () => {});
  const { pid } = server;
  await pool.query('create table kept as select 42 as answer');

  process.kill(pid, 'SIGKILL');
  const rows = await untilItWorks(() => pool.query('select answer from kept'));
  await pool.end();

  expect(rows.rows).toEqual([{ answer: 42 }]);
  await untilItWorks(async () => expect(server.pid).not.toBe(pid));
});

it('is started again on the same address by a hub that starts meanwhile, too, so that the others find it', async () => {
  const first = await startInProcess();
  const pid = Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  process.kill(pid, 'SIGKILL');

  const second = await start();

  expect(second.url).toBe(first.url);
});

it('starts on another port where something else listens at its last one', async () => {
  const { url, stop } = await start();
  await stop();
  const other = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => other.listen(Number(new URL(url).port), '127.0.0.1', resolve));

  const server = await start();

  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(server.url).not.toBe(url);
  other.close();
});

it('starts although the process id in its lock file now belongs to something else', async () => {
  const former = await start();
  const lock = join(dataDir, 'postgres/data/postmaster.pid');
  const text = readFileSync(lock, 'utf8');
  await former.stop();
  writeFileSync(lock, text.replace(/^\d+/, String(process.ppid)));

  const server = await start();

  expect(server.started).toBe(true);
});

it('says what to do when another version of PostgreSQL made the folder', async () => {
  await (await start()).stop();
  writeFileSync(join(dataDir, 'postgres/data/PG_VERSION'), '15\n');

  await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(
    /made by PostgreSQL 15, this hub brings 18.*pg_dump/,
  );
});

it('says what to do when the folder cannot be used', async () => {
  const file = join(dataDir, 'file');
  writeFileSync(file, '');

  await expect(startEmbeddedPostgres({ dataDir: join(file, 'x') })).rejects.toThrow(
    /DATA_DIR cannot be used.*Let DATA_DIR name a folder that you may write to/,
  );
});

it('says what PostgreSQL said when it does not start', async () => {
  await expect(startEmbeddedPostgres({ dataDir, settings: { max_connections: 'many' } })).rejects.toThrow(
    /did not start: .*max_connections/s,
  );
});

async function untilItWorks<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 600) throw error;
      await sleep(50);
    }
  }
}
