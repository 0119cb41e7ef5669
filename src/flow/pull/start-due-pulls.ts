import type { EntityType } from '../../model/statuses.js';
import { enqueueQuery } from '../enqueue-query.js';
import type { OpenIntegration } from '../integrations.js';
import type { Services } from '../services.js';
import { pullEveryMs } from './pull-times.js';
import { canBePulled } from './run-pull.js';

const KINDS = ['PRODUCT', 'INVENTORY', 'ORDER'] as const;
/** Goes behind what people wait for. */
const PRIORITY = -10;
/** The job that calls this comes once a minute, never to the millisecond. */
const TOLERANCE_MS = 15_000;

/** Answers a row when it is due, and then not again for `$3` ms, whoever asks. */
const TAKE_TURN = `
insert into pull_states as s (integration_id, entity_type, asked_at) values ($1, $2, now())
on conflict (integration_id, entity_type) do update set asked_at = now()
where s.asked_at is null or s.asked_at <= now() - $3 * interval '1 ms'
returning 1`;

const WAITS = `select 1 from links k join lanes l on l.id = k.id
where k.entity_id = $1 and k.integration_id = $1 and k.entity_type = $2 and l.tail > l.head and not l.parked`;

/** Starts those of an integration's pulls that are due, each as a sync event; answers the kinds. */
export async function startDuePulls(services: Services, integration: OpenIntegration): Promise<EntityType[]> {
  const everyMs = pullEveryMs(integration);
  if (everyMs === null) return [];
  const started: EntityType[] = [];
  for (const entityType of KINDS) {
    if (!canBePulled(integration, entityType)) continue;
    if (await startIfDue(services, integration, entityType, everyMs)) started.push(entityType);
  }
  return started;
}

function startIfDue(services: Services, integration: OpenIntegration, entityType: EntityType, everyMs: number) {
  const key = [integration.id, entityType];
  return services.db.transaction(async (tx) => {
    const turn = await tx.sql(TAKE_TURN, [...key, Math.max(everyMs - TOLERANCE_MS, TOLERANCE_MS)]);
    if (turn.length === 0) return false;
    // One that has not ended yet is retried by the outbox itself.
    if ((await tx.sql(WAITS, key)).length > 0) return false;
    await enqueueQuery(services, tx, integration, { entityType, priority: PRIORITY });
    return true;
  });
}
