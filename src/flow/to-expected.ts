import type { Logger } from 'pino';
import { HubError } from '../errors.js';
import { databaseError } from '../inbox/sql-errors.js';

/**
 * Why work failed, as whoever asked for it is told: what the upstream or an absent database did, or `work` that was ended, stays.
 * Anything else is a mistake of ours, which no repetition mends: it is logged with what it was `about`.
 */
export function toExpected(error: unknown, work: string, log: Logger, about: Record<string, unknown>): Error {
  const known = databaseError(error);
  if (known instanceof HubError || (error as { name?: string }).name === 'AbortError') return known as Error;
  log.error({ err: error, work, ...about }, 'work failed unexpectedly');
  return new HubError('INTERNAL', `The ${work} failed; the hub's log has the reason.`);
}
