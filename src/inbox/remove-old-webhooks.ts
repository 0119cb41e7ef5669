import type { Sql } from '../db/database.js';

export interface WebhookRetention {
  /** Days that an event is kept after it was judged. */
  days: number;
  /** Days that an event waits for an entity that does not appear; longer than `days`. */
  waitingDays: number;
}

const BATCH = 1_000;

/** In the order of the index on the time of receipt; short transactions, so that nothing waits and vacuum keeps up. */
const REMOVE_BATCH = `
with old as (
  select id from webhook_events
  where created_at < now() - make_interval(days => $1)
    and (status <> 'FAILED' or error_code <> 'UNKNOWN_ENTITY' or created_at < now() - make_interval(days => $2))
  order by created_at, id limit ${BATCH}
  for update skip locked
)
delete from webhook_events w using old where w.id = old.id returning w.id`;

/** Removes old webhook events in batches until none is left or the signal aborts; answers how many. */
export async function removeOldWebhooks(sql: Sql, retention: WebhookRetention, signal?: AbortSignal): Promise<number> {
  let removed = 0;
  while (!signal?.aborted) {
    const rows = await sql(REMOVE_BATCH, [retention.days, Math.max(retention.days, retention.waitingDays)]);
    removed += rows.length;
    if (rows.length < BATCH) break;
  }
  return removed;
}
