import pg from 'pg';
import type { Logger } from 'pino';
import { connectionOptions } from '../db/database.js';

/** Enough for a claim, the settles in flight and a look at what is due; more would only compete for the same cores. */
const CONNECTIONS = 4;

/**
 * Connections of their own for the dispatcher's few statements, kept open: each plans a statement once, whatever the sizes
 * of the groups, and always by index. Planned anew for each group they cost as much as they take, and a plan made for a
 * large group may read whole tables.
 */
export function openQueuePool(url: string, log: Logger): pg.Pool {
  const onError = (error: Error) => log.debug({ err: error }, 'A connection of the dispatcher was lost');
  const { options, ...connection } = connectionOptions(url);
  const pool = new pg.Pool({
    ...connection,
    options: `${options} -c plan_cache_mode=force_generic_plan -c enable_seqscan=off`,
    max: CONNECTIONS,
    idleTimeoutMillis: 0,
  });
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}
