import pg from 'pg';

/**
 * PostgreSQL ends a session that does nothing within a transaction for so long, so that an instance that is frozen, or cut
 * off, holds no rows. No transaction of the hub waits for anything but the database.
 */
const NO_IDLE_TRANSACTION = '-c idle_in_transaction_session_timeout=10s';

/** Sent at connect: UTC times in ISO form, no JIT (it costs more than these statements take). */
export const SESSION_OPTIONS = `-c timezone=UTC -c datestyle=ISO -c jit=off ${NO_IDLE_TRANSACTION}`;

/** Types whose text form is exact; the driver would turn them into dates, floats or objects. */
const KEPT_AS_TEXT = new Set([20, 114, 1082, 1114, 1184, 1700, 3802]);

/** Options of a connection outside the pools: listeners and session locks. */
export function connectionOptions(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    options: SESSION_OPTIONS,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        KEPT_AS_TEXT.has(oid) ? (value: string) => value : pg.types.getTypeParser(oid, format as 'text'),
    } as pg.CustomTypesConfig,
  };
}
