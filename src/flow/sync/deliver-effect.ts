import type { Effect } from '../../connectors/connector.js';
import { HubError } from '../../errors.js';
import type { Delivery } from '../../outbox/lane.js';
import { isFileWork, takeFile } from '../files/take-file.js';
import type { Services } from '../services.js';
import { awaitNeeds } from './await-needs.js';
import { queryIntegration } from './query-integration.js';

/**
 * What the dispatcher calls for each effect it has claimed: the work on a whole integration or on a file is the hub's own,
 * and may be cut off by `stopping`, to be repeated; whatever concerns one entity its connector delivers.
 * @throws HubError DATABASE_UNAVAILABLE, or NotYet while what it needs has no id upstream: nothing was tried then
 */
export async function deliverEffect(
  services: Services,
  integrationId: string,
  effect: Effect,
  stopping: AbortSignal = NEVER,
): Promise<Delivery> {
  if (effect.operation === 'QUERY' && effect.entityId === integrationId)
    return queryIntegration(services, effect, stopping);
  if (isFileWork(effect)) return { result: await takeFile(services, effect, stopping), exchanges: [] };
  return deliverOne(services, integrationId, effect);
}

const NEVER = new AbortController().signal;

async function deliverOne(services: Services, integrationId: string, effect: Effect): Promise<Delivery> {
  const integration = effect.snapshot && (await services.integrations.byId(integrationId).catch(unlessDatabase));
  if (!integration?.connector.needs) return services.integrations.deliver(integrationId, effect);
  const related = await awaitNeeds(services, integration, effect);
  return services.integrations.deliver(integrationId, { ...effect, related });
}

/** An integration that cannot be opened is for `deliver` to reject. */
function unlessDatabase(error: unknown): null {
  if (error instanceof HubError) return null;
  throw error;
}
