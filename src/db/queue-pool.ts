import pg from 'pg';
import { connectionOptions } from './connection-options.js';

/** Enough for a claim, a settle, a look at what is due and two batches of webhooks; more would only compete for the same cores. */
const CONNECTIONS = 6;

/**
 * Connections for the few large statements of the outbox and the inbox, kept open: each plans a statement once, whatever the
 * sizes of the groups, and always by index. Planned anew for each group they cost more than they take, and a plan made for a
 * large group may read whole tables.
 */
export function openQueuePool(url: string, onError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOptions(url, '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off'),
    max: CONNECTIONS,
    idleTimeoutMillis: 0,
  });
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}
