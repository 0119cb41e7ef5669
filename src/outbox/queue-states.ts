import type pg from 'pg';
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
  from lanes where due is not null or parked group by integration_id
)
select i.id as "integrationId", i.connector, h.health, h.circuit, to_json(h.checked_at) #>> '{}' as "checkedAt",
  h.queue_depth as active, coalesce(q.retrying, 0) as retrying, coalesce(q.dead_letters, 0) as "deadLetters",
  greatest(0, coalesce(q.overdue_ms, 0))::float8 as "overdueMs"
from integrations i join connector_health h on h.id = i.id left join queues q on q.integration_id = i.id
where i.enabled order by i.id`;

/** Every enabled integration. @throws the driver's error while the database is away */
export async function readQueueStates(pool: pg.Pool): Promise<QueueState[]> {
  return (await pool.query<QueueState>(READ)).rows;
}
