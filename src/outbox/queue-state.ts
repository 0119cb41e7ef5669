import type pg from 'pg';
import type { CircuitState } from '../model/statuses.js';

/** How one integration's queue stands. */
export interface QueueState {
  integrationId: string;
  connector: string;
  /** Sync events that are not finished, dead letters and those that wait behind one left out. */
  active: number;
  /** Those of them whose last attempt failed. */
  retrying: number;
  deadLetters: number;
  /** How long the lane that is most overdue has been waiting for a worker; 0 when none is. */
  overdueMs: number;
  circuit: CircuitState;
  /** Null until an attempt or a check told. */
  reachable: boolean | null;
  /** ISO 8601, UTC. */
  checkedAt: string | null;
  latencyMs: number | null;
}

/** Lanes stand for their events, so that a long backlog costs one row an entity. */
const READ = `
with queues as (
  select integration_id,
    coalesce(sum(tail - head) filter (where not parked), 0)::int as active,
    count(*) filter (where not parked and (attempts > 1 or attempts = 1 and lease is null))::int as retrying,
    count(*) filter (where parked)::int as dead_letters,
    greatest(0, extract(epoch from now() - min(due) filter (where lease is null)) * 1000)::float8 as overdue_ms
  from lanes where due is not null or parked group by integration_id
)
select i.id as "integrationId", i.connector,
  coalesce(q.active, 0) as active, coalesce(q.retrying, 0) as retrying,
  coalesce(q.dead_letters, 0) as "deadLetters", coalesce(q.overdue_ms, 0) as "overdueMs",
  coalesce(g.circuit, 'CLOSED') as circuit, g.reachable, to_json(g.checked_at) #>> '{}' as "checkedAt",
  g.latency_ms as "latencyMs"
from integrations i left join queues q on q.integration_id = i.id left join integration_gates g on g.integration_id = i.id
where i.deleted_at is null and i.enabled order by i.id`;

/** The queue of every enabled integration. */
export async function readQueueStates(pool: pg.Pool): Promise<QueueState[]> {
  return (await pool.query<QueueState>(READ)).rows;
}
