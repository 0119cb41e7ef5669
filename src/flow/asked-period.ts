import { HubError } from '../errors.js';

/** ISO 8601, UTC; `to` is later than `from`, and no longer in it. */
export interface Period {
  from: string;
  to: string;
}

/** PostgreSQL does not read ISO 8601's years before it. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');

/**
 * The time that a caller asks about.
 * @param asked ISO 8601; without an end it ends now
 * @param defaultMs how long before its end it begins where nothing is said of that
 * @throws HubError BAD_USER_INPUT
 */
export function askedPeriod({ from, to }: { from?: string | null; to?: string | null }, defaultMs: number): Period {
  const end = to ? Date.parse(to) : Date.now();
  const begin = from ? Date.parse(from) : Math.max(end - defaultMs, EARLIEST);
  if (begin >= end) throw new HubError('BAD_USER_INPUT', '`from` must be before `to`.', { path: ['from'] });
  return { from: new Date(begin).toISOString(), to: new Date(end).toISOString() };
}
