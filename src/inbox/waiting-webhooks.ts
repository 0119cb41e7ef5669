import type { Sql } from '../db/database.js';

/** What waits in one integration for entities that the hub does not know yet. Such events are never removed by age. */
export interface WaitingWebhooks {
  integrationId: string;
  connector: string;
  count: number;
  /** How long the one that came first has been waiting. */
  oldestMs: number;
}

/** Answered from the indexes of what waits. */
const READ = `
select w.integration_id as "integrationId", i.connector, count(*)::int as count,
  (extract(epoch from now() - min(w.created_at)) * 1000)::float8 as "oldestMs"
from webhook_events w join integrations i on i.id = w.integration_id
where w.status = 'FAILED' and w.error_code = 'UNKNOWN_ENTITY' and ($1::text[] is null or w.integration_id = any($1))
group by 1, 2`;

/** Of these integrations, null: of all; those where nothing waits are left out. */
export function readWaitingWebhooks(
  sql: Sql,
  integrationIds: readonly string[] | null = null,
): Promise<WaitingWebhooks[]> {
  return sql<WaitingWebhooks>(READ, [integrationIds]);
}
