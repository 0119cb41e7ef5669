import type { Sql } from '../../db/database.js';
import type { ChangeEntry } from '../../feed/feed.js';

/** Of the sync event that the change is about, else of what was last sent of its entity to the system that told of it. */
const FIND = `
select coalesce(
  (select s.traceparent from sync_events s where s.id = $1),
  (select s.traceparent from links k join sync_events s on s.lane_id = k.id
   where k.integration_id = $2 and k.entity_type = $3 and k.entity_id = $4 and s.traceparent is not null
   order by s.seq desc limit 1)) as traceparent`;

/** The trace that a change belongs to; null: it belongs to none. */
export async function traceOf(sql: Sql, change: ChangeEntry): Promise<string | null> {
  const { traceparent, syncEventId, integrationId, entityType, entityId } = change;
  if (traceparent !== null) return traceparent;
  const [row] = await sql<{ traceparent: string | null }>(FIND, [syncEventId, integrationId, entityType, entityId]);
  return row?.traceparent ?? null;
}
