import type { Logger } from 'pino';

/** Tells a service outside of what went wrong, where one is configured. */
export interface Reports {
  /** Something that nobody had expected. `context`: ids only; whatever is not on the list of fields is left out. */
  unexpected(error: Error, message: string, context: Readonly<Record<string, unknown>>): void;
  /** An attempt that failed and is tried again: of one integration and error the first in a minute. `cause` gives the stack. */
  retried(message: string, context: Readonly<Record<string, unknown>>, cause?: Error): void;
  /** A sync event that failed for good. */
  deadLetter(message: string, context: Readonly<Record<string, unknown>>, cause?: Error): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** What may leave the hub beside the error: ids and codes, no bodies, no settings. */
const FIELDS = [
  'job',
  'jobId',
  'requestId',
  'merchantId',
  'integrationId',
  'syncEventId',
  'entityType',
  'entityId',
  'orderId',
  'operation',
  'attempt',
  'maxAttempts',
  'code',
  'httpStatus',
  'notificationId',
  'laneId',
  'reactions',
] as const;

export function allowedFields(context: Readonly<Record<string, unknown>>): Record<string, string | number> {
  const fields: Record<string, string | number> = {};
  for (const name of FIELDS) {
    const value = context[name];
    if (typeof value === 'string' || typeof value === 'number') fields[name] = value;
  }
  return fields;
}

/** The same logger; what is logged as an error with its `err` is reported too. */
export function reportErrors(log: Logger, reports: Reports): Logger {
  const report = (fields: unknown, message: unknown) => {
    const { err, ...context } = (fields ?? {}) as Record<string, unknown>;
    if (err instanceof Error) reports.unexpected(err, String(message ?? ''), { ...log.bindings(), ...context });
  };
  return Object.create(log, {
    error: {
      value: (...args: Parameters<Logger['error']>) => {
        report(args[0], args[1]);
        log.error(...args);
      },
    },
    child: {
      value: (...args: Parameters<Logger['child']>) => reportErrors(log.child(...args) as unknown as Logger, reports),
    },
  }) as Logger;
}
