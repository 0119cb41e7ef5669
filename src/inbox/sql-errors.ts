import { HubError } from '../errors.js';

const RETRY_AFTER_MS = 1_000;

/** Connection lost or refused, out of resources, shutting down, read-only, or a lock that never came. */
const AWAY = /^(08...|53...|57P..|58...|25006|40...|55P03|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;
/** The driver's own failures carry no code. */
const AWAY_MESSAGE = /connection terminated|timeout|after calling end|not queryable|client was closed/i;

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

/** A value, a constraint, or a program limit such as the nesting of JSON: one event's own fault. */
export function isAboutData(error: unknown): boolean {
  return /^(22|23|54)...$/.test(codeOf(error));
}

/** A deadlock or a serialisation failure: the same again succeeds. */
export function isAboutLocks(error: unknown): boolean {
  return /^40(001|P01)$/.test(codeOf(error));
}

/** A database that is away, as the error that tells the sender to come again; anything else is a mistake of the hub and stays. */
export function databaseError(error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof HubError || !(AWAY.test(code) || (code === '' && AWAY_MESSAGE.test(String(error)))))
    return error;
  return new HubError('DATABASE_UNAVAILABLE', 'The database cannot be reached; nothing was stored. Send it again.', {
    retryAfterMs: RETRY_AFTER_MS,
    cause: error,
  });
}
