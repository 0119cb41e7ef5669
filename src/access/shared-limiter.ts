import type pg from 'pg';
import { RateLimiterMemory, RateLimiterPostgres } from 'rate-limiter-flexible';

/**
 * So many points a minute for each key, over all processes of the hub. A key that has used them up is refused from memory
 * until its minute ends, so that a flood costs no statements; while the database is away each process counts for itself.
 * The table is unlogged: a crash of PostgreSQL forgets one minute.
 */
export function createSharedLimiter(pool: pg.Pool, name: string, points: number): RateLimiterPostgres {
  const window = { points, duration: 60 };
  return new RateLimiterPostgres({
    ...window,
    storeClient: pool,
    storeType: 'pool',
    tableName: 'rate_windows',
    tableCreated: true,
    keyPrefix: name,
    inMemoryBlockOnConsumed: points,
    insuranceLimiter: new RateLimiterMemory(window),
  });
}
