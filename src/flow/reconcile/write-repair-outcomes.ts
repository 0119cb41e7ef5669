import type { Sql } from '../../db/database.js';

const SETTLE = `
update reconciliation_differences d set
  state = case e.status when 'SUCCESS' then 'REPAIRED' when 'FAILED' then 'FAILED' else 'OPEN' end,
  message = case e.status when 'SUCCESS' then null when 'FAILED' then e.error_message
    else 'The sync event that was to repair it was skipped: repair it again.' end,
  repaired_at = case e.status when 'SUCCESS' then now() end
from sync_events e
where e.id = $1 and d.sync_event_id = $1 and d.state in ('REPAIRING', 'FAILED') and e.status in ('SUCCESS', 'FAILED', 'SKIPPED')
returning 1`;

/** Writes what became of the repairs that wait for a sync event, if that has ended; answers how many. */
export async function writeRepairOutcomes(sql: Sql, syncEventId: string): Promise<number> {
  return (await sql(SETTLE, [syncEventId])).length;
}
