import { deliverSafely } from '../../connectors/classify.js';
import type { DeliveryResult, Effect } from '../../connectors/connector.js';
import { recordExchanges } from '../../connectors/exchanges.js';
import type { Exchange } from '../../connectors/http.js';
import { HubError } from '../../errors.js';
import type { Delivery } from '../../outbox/lane.js';
import { isFileWork, takeFile } from '../files/take-file.js';
import { watchFolder } from '../files/watch-folder.js';
import { runFullSync } from '../full-sync/run-full-sync.js';
import { canBePulled, runPull } from '../pull/run-pull.js';
import { runReconciliation } from '../reconcile/run-reconciliation.js';
import type { Services } from '../services.js';
import { awaitNeeds } from './await-needs.js';
import { checkStatus } from './check-status.js';
import { unreadError } from './unread.js';

/** A query of a whole integration has as many exchanges as it asks for entities; its attempt keeps the last ones. */
const KEPT_EXCHANGES = 5;

/**
 * What the dispatcher calls for each effect it has claimed: a connector delivers what concerns one entity; a QUERY of
 * the integration itself is a pull, or a status check where its system has no lists. `stopping` cuts a pull off, to be
 * repeated. Throws only what the hub's own database can do.
 */
export function deliverEffect(
  services: Services,
  integrationId: string,
  effect: Effect,
  stopping: AbortSignal = NEVER,
): Promise<Delivery> {
  if (effect.operation === 'QUERY' && effect.entityId === integrationId)
    return query(services, integrationId, effect, stopping);
  if (isFileWork(effect))
    return takeFile(services, effect, stopping).then((result) => ({ result: unlessCancelled(result), exchanges: [] }));
  return deliverOne(services, integrationId, effect);
}

/** @throws NotYet while what it needs has no id upstream */
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

const NEVER = new AbortController().signal;

async function query(
  services: Services,
  integrationId: string,
  effect: Effect,
  stopping: AbortSignal,
): Promise<Delivery> {
  const exchanges: Exchange[] = [];
  const push = (exchange: Exchange) => {
    exchanges.push(exchange);
    if (exchanges.length > KEPT_EXCHANGES) exchanges.shift();
  };
  const result = await recordExchanges({ push }, () => readAll(services, integrationId, effect, stopping));
  return { result: unlessCancelled(result), exchanges };
}

/** A run that a person has ended tells of it itself: there is nothing to repeat, and nothing for an operator to mend. */
const unlessCancelled = (result: DeliveryResult): DeliveryResult =>
  result.kind === 'rejected' && result.code === 'CANCELLED' ? DONE : result;
const DONE = { kind: 'delivered', externalId: null, externalNumber: null } as const;

/** A run that sends everything, or one that compares everything. */
async function runOnAll(...work: Parameters<typeof runFullSync>): Promise<void> {
  if (!(await runFullSync(...work))) await runReconciliation(...work);
}

function readAll(
  services: Services,
  integrationId: string,
  { entityType, syncEventId }: Effect,
  stopping: AbortSignal,
): Promise<DeliveryResult> {
  return deliverSafely(async () => {
    const integration = await services.integrations.byId(integrationId);
    if (entityType === 'INTEGRATION') await runOnAll(services, integration, syncEventId, stopping);
    else if (integration.connection.files) await watchFolder(services, integration);
    else if (canBePulled(integration, entityType))
      await runPull(services, integration, { entityType, syncEventId }, stopping);
    else {
      const unread = unreadError(await checkStatus(services, integration, entityType, { signal: stopping }));
      // What was passed over is no reason to read all the rest again.
      if (unread)
        return { kind: 'rejected', code: unread.code, message: unread.message, httpStatus: null, cause: unread };
    }
    return DONE;
  });
}
