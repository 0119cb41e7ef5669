import type { DeliveryResult, Effect } from '../connectors/connector.js';
import { recordExchanges } from '../connectors/exchanges.js';
import type { Exchange } from '../connectors/http.js';
import { HubError, isRetryable } from '../errors.js';
import { checkStatus } from './check-status.js';
import type { Delivery } from './integrations.js';
import type { Services } from './services.js';

/** A query of a whole integration has as many exchanges as it asks for entities; its attempt keeps the last ones. */
const KEPT_EXCHANGES = 5;

/**
 * What the dispatcher calls for each effect it has claimed: a connector delivers what concerns one entity; a QUERY of
 * the integration itself is a status check. Throws only what the hub's own database can do.
 */
export function deliverEffect(services: Services, integrationId: string, effect: Effect): Promise<Delivery> {
  if (effect.operation === 'QUERY' && effect.entityId === integrationId) return query(services, integrationId, effect);
  return services.integrations.deliver(integrationId, effect);
}

async function query(services: Services, integrationId: string, effect: Effect): Promise<Delivery> {
  const exchanges: Exchange[] = [];
  const result = await recordExchanges(exchanges, () => readAll(services, integrationId, effect));
  return { result, exchanges: exchanges.slice(-KEPT_EXCHANGES) };
}

async function readAll(services: Services, integrationId: string, effect: Effect): Promise<DeliveryResult> {
  try {
    await checkStatus(services, await services.integrations.byId(integrationId), effect.entityType);
    return { kind: 'delivered', externalId: null, externalNumber: null };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const { code, message, retryAfterMs = null } = error;
    if (isRetryable(code)) return { kind: 'retry', code, message, httpStatus: null, retryAfterMs };
    return { kind: 'rejected', code, message, httpStatus: null };
  }
}
