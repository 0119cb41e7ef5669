import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { HubError } from '../errors.js';

/** Does the work; a second row of the same unique constraint becomes ALREADY_EXISTS at `path`. */
export async function uniquely<T>(
  constraint: string,
  message: string,
  path: string[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const violated = error instanceof UniqueConstraintViolationException && error.message.includes(constraint);
    throw violated ? new HubError('ALREADY_EXISTS', message, { path, cause: error }) : error;
  }
}
