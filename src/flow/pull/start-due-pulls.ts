import { nextPollAfter } from '../../connectors/schedule.js';
import { EntityType } from '../../model/statuses.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { canBeRead } from '../sync/check-status.js';
import { enqueueQuery } from '../sync/enqueue-query.js';
import type { HubWork } from '../work.js';
import { defaultScheduleOf, ownScheduleOf } from './pull-times.js';
import { canBePulled } from './run-pull.js';

/** Goes behind what people wait for. */
const PRIORITY = -10;

/** A schedule that is new or has changed is due at once. */
const KEEP = `
insert into polling_schedules as p (integration_id, merchant_id, schedule, next_run_at) values ($1, $2, $3, now())
on conflict (integration_id) do update set schedule = excluded.schedule, next_run_at = now()
where p.schedule <> excluded.schedule`;

/** Whoever else is at it does it. The job that calls this comes once a minute, never to the millisecond. */
const TAKE_TURN = `
select 1 from polling_schedules where integration_id = $1 and next_run_at <= now() +
  case when schedule like 'every %' then interval '15 s' else interval '0' end
for update skip locked`;

const WAITS = `select 1 from links k join lanes l on l.id = k.id
where k.entity_id = $1 and k.integration_id = $1 and k.entity_type = $2 and l.tail > l.head and not l.parked`;

const NEXT = `update polling_schedules set last_run_at = now(), next_run_at = $2, last_error = $3 where integration_id = $1`;

interface Turn {
  schedule: string;
  kinds: EntityType[];
}

/**
 * Starts to read an integration's system, each kind as a sync event, if it is time, and puts down when it is next; answers
 * the kinds. A schedule in its settings reads everything that the system can be asked for; without one the lists are read
 * every few minutes, and single entities by the jobs that follow them. An integration that only takes webhooks is not asked.
 */
export async function startDuePulls(services: Services, integration: OpenIntegration): Promise<EntityType[]> {
  const { id, merchantId } = integration;
  const turn = turnOf(integration);
  if (turn === null) {
    await services.db.pool.query('delete from polling_schedules where integration_id = $1', [id]);
    return [];
  }
  await services.db.pool.query(KEEP, [id, merchantId, turn.schedule]);
  return services.db.transaction(async (tx) => {
    if ((await tx.sql(TAKE_TURN, [id])).length === 0) return [];
    const started: EntityType[] = [];
    for (const kind of turn.kinds) if (await start({ services, tx }, integration, kind)) started.push(kind);
    const problem = turn.kinds.length === 0 ? `${integration.connector.title} has nothing that can be read.` : null;
    await tx.sql(NEXT, [id, nextPollAfter(turn.schedule, new Date()), problem]);
    return started;
  });
}

function turnOf(integration: OpenIntegration): Turn | null {
  const own = ownScheduleOf(integration);
  const lists: EntityType[] = Object.values(EntityType).filter((kind) => canBePulled(integration, kind));
  if (own === null) {
    const schedule = lists.length === 0 ? null : defaultScheduleOf(integration);
    return schedule === null ? null : { schedule, kinds: lists };
  }
  const kinds = Object.values(EntityType).filter((kind) => lists.includes(kind) || canBeRead(integration, kind));
  return { schedule: own, kinds };
}

/** One that has not ended yet is retried by the outbox itself. */
async function start(work: HubWork, integration: OpenIntegration, entityType: EntityType) {
  if ((await work.tx.sql(WAITS, [integration.id, entityType])).length > 0) return false;
  await enqueueQuery(work, integration, { entityType, priority: PRIORITY });
  return true;
}
