import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { RateLimiterMemory } from 'rate-limiter-flexible';
import { type Allowance, takePoint } from './take-point.js';

/** Points that are counted in memory and, once a second, with those of the hub's other processes. */
export interface SharedCounts {
  /** Costs no statement. */
  take(key: string): Promise<Allowance>;
  /** Adds what was taken here to the table, and takes over what the table has then; leaves it for later without a database. */
  settle(pool: pg.Pool): Promise<void>;
}

/** `$1` keys, `$2` points, `$3` when a window that begins now ends, `$4` now, both in milliseconds. In one order: no deadlocks. */
const SETTLE = `
insert into rate_windows as w (key, points, expire)
select key, points, $3::bigint from unnest($1::text[], $2::int[]) as taken (key, points) order by key
on conflict (key) do update set
  points = case when w.expire <= $4::bigint then 0 else w.points end + excluded.points,
  expire = case when w.expire <= $4::bigint then excluded.expire else w.expire end
returning key, points, expire`;

/**
 * Together all processes give at most what each of them takes in a second beyond the limit. `name` keeps the keys apart from
 * those of other limits; the table has digests of them, since they may be long.
 */
export function createSharedCounts(name: string, limiter: RateLimiterMemory): SharedCounts {
  let taken = new Map<string, number>();
  const add = (key: string, points: number) => taken.set(key, (taken.get(key) ?? 0) + points);
  const takeOver = async (key: string, points: number, expiresAt: number) => {
    const leftMs = expiresAt - Date.now();
    if (leftMs > 0) await limiter.set(key, points + (taken.get(key) ?? 0), leftMs / 1000);
  };
  return {
    async take(key) {
      const allowance = await takePoint(limiter, key);
      if (allowance.allowed) add(key, 1);
      return allowance;
    },
    async settle(pool) {
      if (taken.size === 0) return;
      const settled = taken;
      taken = new Map();
      const keys = new Map([...settled.keys()].map((key) => [digest(name, key), key]));
      const now = Date.now();
      try {
        const values = [[...keys.keys()], [...settled.values()], now + limiter.duration * 1000, now];
        const { rows } = await pool.query<{ key: string; points: number; expire: string }>(SETTLE, values);
        for (const { key, points, expire } of rows) await takeOver(keys.get(key) ?? '', points, Number(expire));
      } catch {
        for (const [key, points] of settled) add(key, points);
      }
    },
  };
}

const digest = (name: string, key: string) => `${name}:${createHash('sha256').update(key).digest('base64url')}`;
