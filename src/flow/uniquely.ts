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
    throw violates(error, constraint) ? new HubError('ALREADY_EXISTS', message, { path, cause: error }) : error;
  }
}

/** Whether MikroORM or PostgreSQL says so. */
function violates(error: unknown, constraint: string): boolean {
  if (!(error instanceof Error)) return false;
  const duplicate =
    error instanceof UniqueConstraintViolationException || (error as { code?: string }).code === '23505';
  return duplicate && error.message.includes(constraint);
}
