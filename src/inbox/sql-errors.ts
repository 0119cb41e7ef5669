import { HubError } from '../errors.js';

const RETRY_AFTER_MS = 1_000;

const LOCK_NEVER_CAME = '55P03';
/** Connection lost, refused or ended since it was frozen in a transaction, out of resources, shutting down, read-only, or a lock that never came. */
const AWAY =
  /^(08...|53...|57P..|58...|25006|25P03|40...|55P03|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;
/** The driver's own failures carry no code. */
const AWAY_MESSAGE = /connection terminated|timeout|after calling end|not queryable|client was closed/i;

const UNREACHABLE = 'The database cannot be reached; nothing was stored. Send it again.';
const TAKEN = 'Other work has held for too long what this one changes; nothing was stored. Send it again.';

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
  return new HubError('DATABASE_UNAVAILABLE', code === LOCK_NEVER_CAME ? TAKEN : UNREACHABLE, {
    retryAfterMs: RETRY_AFTER_MS,
    cause: error,
  });
}
