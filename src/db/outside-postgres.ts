import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** The oldest version whose SQL the hub may use (`json_scalar`). */
const OLDEST = 170_000;
const RETRY_MS = 250;

/** Still starting, or not yet in the name service: what a server does that was started together with the hub. */
const PASSING = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', '57P03']);

const ADVICE: Record<string, string> = {
  '28P01': 'User or password is wrong.',
  '28000': 'That user may not connect from here (pg_hba.conf).',
  '3D000': 'Create that database first.',
  ENOTFOUND: 'No such host.',
  ECONNREFUSED: 'Nothing listens there.',
};

/**
 * Waits until the server of DATABASE_URL answers, and checks that it is recent enough.
 * @throws Error that says what to do, without the password
 */
export async function awaitOutsidePostgres(url: string, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await requireVersion(url);
    } catch (error) {
      const code = (error as { code?: string }).code ?? '';
      if (!code) throw error;
      if (!PASSING.has(code) || Date.now() > deadline)
        throw new Error(`DATABASE_URL (${placeOf(url)}): ${ADVICE[code] ?? (error as Error).message}`, {
          cause: error,
        });
      await sleep(RETRY_MS);
    }
  }
}

async function requireVersion(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query(`select current_setting('server_version_num')::int as number, version()`);
    if (rows[0].number >= OLDEST) return;
    const version = String(rows[0].version).split(' ').slice(0, 2).join(' ');
    throw new Error(`DATABASE_URL (${placeOf(url)}) is ${version}; Syncline needs PostgreSQL 17 or later.`);
  } finally {
    await client.end().catch(() => {});
  }
}

function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || 5432}${pathname}`;
}
