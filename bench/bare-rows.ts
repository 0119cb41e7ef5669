import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** As many as pgbench has; the product has 64 connections. */
export const CLIENTS = 8;

/** Rows per second of single-row inserts of the same bytes. */
export async function insertRows(
  url: string,
  folder: string,
  seconds: number,
  bytes: number,
): Promise<{ perSecond: number; by: string }> {
  const insert = `insert into bare (body) values ('${'x'.repeat(bytes)}')`;
  const script = join(folder, 'insert.sql');
  writeFileSync(script, `${insert};\n`);
  const flags = ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2', '-T', String(seconds), '-f', script, url];
  const run = spawnSync('pgbench', flags, { encoding: 'utf8' });
  const rate = /tps = ([\d.]+)/.exec(run.stdout ?? '')?.[1];
  if (rate) return { perSecond: Number(rate), by: 'pgbench' };
  return { perSecond: await insertInLoops(url, insert, seconds), by: 'pg loops (pgbench is not installed)' };
}

async function insertInLoops(url: string, insert: string, seconds: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: CLIENTS });
  const until = performance.now() + seconds * 1000;
  let rows = 0;
  const loop = async () => {
    for (; performance.now() < until; rows++) await pool.query({ name: 'insert', text: insert });
  };
  await Promise.all(Array.from({ length: CLIENTS }, loop));
  await pool.end();
  return rows / seconds;
}
