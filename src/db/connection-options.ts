import pg from 'pg';

/**
 * PostgreSQL ends a session that does nothing within a transaction for so long, so that an instance that is frozen, or cut
 * off, holds no rows. No transaction of the hub waits for anything but the database.
 */
const NO_IDLE_TRANSACTION = '-c idle_in_transaction_session_timeout=10s';
/** It costs more than the hub's statements take. */
const NO_JIT = '-c jit=off';
/** How the hub reads times; nothing else may be chosen. */
const TIMES = '-c timezone=UTC -c datestyle=ISO';

/** Types whose text form is exact; the driver would turn them into dates, floats or objects. */
const KEPT_AS_TEXT = new Set([20, 114, 1082, 1114, 1184, 1700, 3802]);

/**
 * Where to connect and PostgreSQL's settings there, `-c name=value` each: the hub's, which `settings` adds to, and over them those
 * that the address carries (`?options=…`). The driver would take the address's in place of all others.
 */
export function sessionOptions(url: string, settings = ''): { connectionString: string; options: string } {
  const address = new URL(url);
  const theirs = address.searchParams.get('options') ?? '';
  address.searchParams.delete('options');
  const connectionString = theirs === '' ? url : address.href;
  return { connectionString, options: [NO_IDLE_TRANSACTION, NO_JIT, settings, theirs, TIMES].join(' ') };
}

/** The same, with values as the hub reads them: for connections that speak SQL. */
export function connectionOptions(url: string, settings?: string): pg.ClientConfig {
  return {
    ...sessionOptions(url, settings),
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        KEPT_AS_TEXT.has(oid) ? (value: string) => value : pg.types.getTypeParser(oid, format as 'text'),
    } as pg.CustomTypesConfig,
  };
}
