import { HubError } from '../errors.js';

const RETRY_AFTER_MS = 1_000;

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

/** A value, a constraint, or a program limit such as the nesting of JSON: one event's own fault. */
export function isAboutData(error: unknown): boolean {
  return /^(22|23|54)...$/.test(codeOf(error));
}

/** A deadlock or a serialisation failure: the same again succeeds. */
export function isAboutLocks(error: unknown): boolean {
  return /^40(001|P01)$/.test(codeOf(error));
}

/** Whatever else keeps a statement from being done, as the one error that tells the sender to come again. */
export function databaseError(error: unknown): HubError {
  if (error instanceof HubError) return error;
  return new HubError('DATABASE_UNAVAILABLE', 'The database cannot be reached; nothing was stored. Send it again.', {
    retryAfterMs: RETRY_AFTER_MS,
    cause: error,
  });
}
