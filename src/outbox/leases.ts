import type pg from 'pg';
import type { ClaimedLane } from './lane.js';
import { EXTEND_LEASES } from './sql/extend-leases.js';

/**
 * Extends the leases that are past a third. A lane that is not ours any more keeps the end it has: no further call of it
 * starts, and its settle will find a newer token.
 */
export async function extendLeases(pool: pg.Pool, lanes: Iterable<ClaimedLane>, leaseMs: number): Promise<void> {
  const now = performance.now();
  const ending = [...lanes].filter(({ leaseEndsAt }) => leaseEndsAt - now < (leaseMs * 2) / 3);
  if (ending.length === 0) return;
  const { rows } = await pool.query<{ id: string }>({
    name: 'outbox-extend',
    text: EXTEND_LEASES,
    values: [ending.map(({ id }) => id), ending.map(({ token }) => token), leaseMs],
  });
  const ours = new Set(rows.map(({ id }) => id));
  for (const lane of ending) if (ours.has(lane.id)) lane.leaseEndsAt = now + leaseMs;
}
