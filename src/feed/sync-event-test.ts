import type pg from 'pg';
import type { ChangeEntry } from './change.js';
import { unavailable } from './unavailable.js';

/** What a change does not carry of its sync event. */
export interface SyncEventCondition {
  direction?: string | null;
  createdFrom?: string | null;
  createdTo?: string | null;
  errorCode?: string | null;
}

const MATCH = `
select from sync_events where id = $1 and direction = coalesce($2, direction)
  and created_at >= coalesce($3::timestamptz, '-infinity') and created_at <= coalesce($4::timestamptz, 'infinity')
  and ($5::text is null or error_code = $5)`;

/** A test of the sync event that a change is about; null when nothing is asked. */
export function syncEventTest(
  pool: pg.Pool,
  condition: SyncEventCondition,
): ((change: ChangeEntry) => Promise<boolean>) | null {
  const { direction = null, createdFrom = null, createdTo = null, errorCode = null } = condition;
  const values = [direction, createdFrom, createdTo, errorCode];
  if (values.every((value) => value === null)) return null;
  return async (change) =>
    (await pool.query(MATCH, [change.syncEventId, ...values]).catch(unavailable)).rows.length > 0;
}
