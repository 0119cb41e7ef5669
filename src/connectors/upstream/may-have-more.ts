import { isRetryable } from '../../errors.js';
import { UpstreamError } from './classify.js';

/** How long the pages are of servers that give less than they are asked for: multiples of these. */
const USUAL_LENGTHS = [10, 25];

/**
 * Whether a page need not be the last, although nothing says so: it is full, or as long as a server's own pages may be. One
 * that is longer than was asked for comes from a server that knows no pages: it is everything.
 */
export function mayHaveMore(length: number, limit: number): boolean {
  return length === limit || (length > 0 && length < limit && USUAL_LENGTHS.some((usual) => length % usual === 0));
}

/**
 * For `catch`, where a page is asked for that need not be there: that there is none is the end, and so is any refusal of it where the
 * page before was not full. Any other error goes on, since a list that is cut short would pass for a whole one.
 */
export function endWhereRefused<T>(end: T, wasFull: boolean): (error: unknown) => T {
  return (error) => {
    const { code } = error instanceof UpstreamError ? error : { code: null };
    if (code === 'UPSTREAM_NOT_FOUND') return end;
    if (code !== null && !wasFull && code !== 'UPSTREAM_UNAUTHORIZED' && !isRetryable(code)) return end;
    throw error;
  };
}
