import { nextPollAfter, scheduleOf } from '../../connectors/schedule.js';
import type { Tx } from '../../db/database.js';
import { EntityType } from '../../model/statuses.js';
import { canBeRead } from '../check-status.js';
import { enqueueQuery } from '../enqueue-query.js';
import type { OpenIntegration } from '../integrations.js';
import type { Services } from '../services.js';
import { canBePulled } from './run-pull.js';

/** Goes behind what people wait for. */
const PRIORITY = -10;

/** A schedule that is new or has changed is due at once. */
const KEEP = `
insert into polling_schedules as p (integration_id, merchant_id, schedule, next_run_at) values ($1, $2, $3, now())
on conflict (integration_id) do update set schedule = excluded.schedule, next_run_at = now()
where p.schedule <> excluded.schedule`;

/** Whoever else is at it does it. */
const TAKE_TURN = `
select 1 from polling_schedules where integration_id = $1 and next_run_at <= now() for update skip locked`;

const WAITS = `select 1 from links k join lanes l on l.id = k.id
where k.entity_id = $1 and k.integration_id = $1 and k.entity_type = $2 and l.tail > l.head and not l.parked`;

const NEXT = `update polling_schedules set last_run_at = now(), next_run_at = $2, last_error = $3 where integration_id = $1`;

/**
 * Starts to read everything that an integration's system can be asked for, each kind as a sync event, if its schedule says
 * that it is time, and puts down when it is next. Answers the kinds. An integration that only takes webhooks is not asked.
 */
export async function pollIntegration(services: Services, integration: OpenIntegration): Promise<EntityType[]> {
  const schedule = integration.mode === 'WEBHOOK' ? null : scheduleOf(integration.settings);
  const { id, merchantId } = integration;
  if (schedule === null) {
    await services.db.pool.query('delete from polling_schedules where integration_id = $1', [id]);
    return [];
  }
  await services.db.pool.query(KEEP, [id, merchantId, schedule]);
  return services.db.transaction(async (tx) => {
    if ((await tx.sql(TAKE_TURN, [id])).length === 0) return [];
    const kinds = Object.values(EntityType).filter((kind) => canBeAsked(integration, kind));
    const started: EntityType[] = [];
    for (const kind of kinds) if (await start(services, tx, integration, kind)) started.push(kind);
    const problem = kinds.length === 0 ? `${integration.connector.title} has nothing that can be read.` : null;
    await tx.sql(NEXT, [id, nextPollAfter(schedule, new Date()), problem]);
    return started;
  });
}

const canBeAsked = (integration: OpenIntegration, kind: EntityType) =>
  canBePulled(integration, kind) || canBeRead(integration, kind);

/** One that has not ended yet is retried by the outbox itself. */
async function start(services: Services, tx: Tx, integration: OpenIntegration, entityType: EntityType) {
  if ((await tx.sql(WAITS, [integration.id, entityType])).length > 0) return false;
  await enqueueQuery(services, tx, integration, { entityType, priority: PRIORITY });
  return true;
}
