import type { Logger } from 'pino';
import { HubError } from '../errors.js';
import { databaseError, isAboutLocks } from '../inbox/sql-errors.js';

const MOST_TRIES = 3;
/** A value that is out of a column's range, or more than an index or a statement takes. */
const ABOUT_INPUT = /^(22|54)...$/;

/**
 * Runs work that is one transaction. After a deadlock it is run again, since nothing of it was done. A database that is
 * away and a value that it cannot hold become expected failures.
 */
export async function repeatDeadlocked<T>(log: Logger, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isAboutLocks(error) || attempt === MOST_TRIES) throw aboutInput(log, error);
    }
  }
}

function aboutInput(log: Logger, error: unknown): unknown {
  if (!ABOUT_INPUT.test((error as { code?: string }).code ?? '')) return databaseError(error);
  log.warn({ err: error }, 'input that the database cannot hold');
  return new HubError('BAD_USER_INPUT', 'A value is larger than the hub can hold: shorten it.', { cause: error });
}
