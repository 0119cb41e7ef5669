import type { EntityType } from '../../model/statuses.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { HubWork } from '../work.js';

/** What of an integration is to be read, and when. */
export interface Query {
  entityType: EntityType;
  idempotencyKey?: string;
  priority?: number;
  notBefore?: Date;
}

/** Accepts a QUERY of a whole integration in place of one that failed for good; answers the sync event's id. */
export async function enqueueQuery(
  { services, tx }: HubWork,
  { id, merchantId, policy }: Pick<OpenIntegration, 'id' | 'merchantId' | 'policy'>,
  query: Query,
): Promise<string> {
  const { entityType } = query;
  await services.outbox.supersede(tx, { integrationId: id, entityType, entityId: id });
  const entity = { merchantId, integrationId: id, entityId: id, operation: 'QUERY' } as const;
  const [eventId = ''] = await services.outbox.enqueue(tx, [
    { ...entity, ...query, payload: null, maxAttempts: policy.maxAttempts },
  ]);
  return eventId;
}
