import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(4096);
let next = pool.length;

/**
 * Random bytes for the name of something, at most as many as the pool has: it is filled at once, since asking for a few bytes takes
 * longer than making the name. Good until the next call. Not for secrets.
 */
export function takeRandom(count: number): Buffer {
  if (next + count > pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  next += count;
  return pool.subarray(next - count, next);
}
