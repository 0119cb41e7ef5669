import type { Sql } from '../db/database.js';
import type { CircuitState, Health } from '../model/statuses.js';

/** How one enabled integration stands: its upstream system and its queue. */
export interface QueueState {
  integrationId: string;
  connector: string;
  health: Health;
  circuit: CircuitState;
  /** When the upstream was last checked: ISO 8601, UTC. */
  checkedAt: string | null;
  /** Sync events that are not finished, dead letters and those that wait behind one left out. */
  active: number;
  /** Entities whose last attempt failed and is to be tried again. */
  retrying: number;
  deadLetters: number;
  /** How long the lane that is most overdue has been waiting for a worker; 0 when none is. */
  overdueMs: number;
}

/** Lanes stand for their events, so that a long backlog costs one row an entity. */
const READ = `
with queues as (
  select integration_id,
    count(*) filter (where not parked and (attempts > 1 or attempts = 1 and lease is null))::int as retrying,
    count(*) filter (where parked)::int as dead_letters,
    extract(epoch from now() - min(due) filter (where lease is null or lease < now())) * 1000 as overdue_ms
  from lanes where (due is not null or parked) and ($1::text[] is null or integration_id = any($1)) group by integration_id
)
select i.id as "integrationId", i.connector, h.health, h.circuit, to_json(h.checked_at) #>> '{}' as "checkedAt",
  h.queue_depth as active, coalesce(q.retrying, 0) as retrying, coalesce(q.dead_letters, 0) as "deadLetters",
  greatest(0, coalesce(q.overdue_ms, 0))::float8 as "overdueMs"
from integrations i join connector_health h on h.id = i.id left join queues q on q.integration_id = i.id
where i.enabled and ($1::text[] is null or i.id = any($1)) order by i.id`;

/** The enabled ones of these integrations; null: of all. @throws the driver's error while the database is away */
export function readQueueStates(sql: Sql, integrationIds: readonly string[] | null = null): Promise<QueueState[]> {
  return sql<QueueState>(READ, [integrationIds]);
}
