import type { Sql } from '../db/database.js';
import { RETENTION } from '../model/retention.js';
import { ADD_TO_ROLLUPS, INTO_ROLLUPS } from './rollup-columns.js';

const KEPT_MINUTES_HOURS = 3;

const REMOVE_MINUTES = `delete from metric_rollups
where period = 'MINUTE' and at < now() - interval '${KEPT_MINUTES_HOURS} hours'`;

/** One statement: an hour is either in its own row or in its day's, whatever dies. */
const HOURS_TO_DAYS = `
with old as (
  delete from metric_rollups where period = 'HOUR' and at < date_trunc('day', now()) - interval '${RETENTION.HOURLY_FIGURES} days'
  returning *
)
${INTO_ROLLUPS}
select integration_id, 'DAY', date_trunc('day', at), source, entity_type, operation, outcome, error_code, http_status, bucket,
  sum(count), sum(sum_ms), sum(first_count), sum(wait_ms)
from old group by 1, 3, 4, 5, 6, 7, 8, 9, 10
${ADD_TO_ROLLUPS}`;

/** Forgets minutes that no alert looks at any more, and merges old hours into days. */
export async function compactRollups(sql: Sql): Promise<void> {
  await sql(REMOVE_MINUTES);
  await sql(HOURS_TO_DAYS);
}
