import { HubError } from '../../errors.js';

/**
 * An id as one part of an address.
 * @throws HubError UPSTREAM_NOT_FOUND for `.` and `..`, which lead to another address even when they are encoded
 */
export function pathSegment(id: string): string {
  if (id !== '.' && id !== '..') return encodeURIComponent(id.toWellFormed());
  throw new HubError(
    'UPSTREAM_NOT_FOUND',
    `The id "${id}" would be another address there: nothing was asked of the system.`,
  );
}
