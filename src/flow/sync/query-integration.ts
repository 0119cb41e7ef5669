import type { DeliveryResult, Effect } from '../../connectors/connector.js';
import { deliverSafely } from '../../connectors/upstream/classify.js';
import { recordExchanges } from '../../connectors/upstream/exchanges.js';
import type { Exchange } from '../../connectors/upstream/http.js';
import type { Delivery } from '../../outbox/lane.js';
import { watchFolder } from '../files/watch-folder.js';
import { runFullSync } from '../full-sync/run-full-sync.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { canBePulled, runPull } from '../pull/run-pull.js';
import { runReconciliation } from '../reconcile/run-reconciliation.js';
import type { Services } from '../services.js';
import { checkStatus } from './check-status.js';
import { DONE, unlessCancelled } from './run-result.js';
import { unreadError } from './unread.js';

/** A run over a whole integration, for the sync event that asked for it. */
interface Run {
  services: Services;
  integration: OpenIntegration;
  effect: Effect;
  stopping: AbortSignal;
}

/** It has as many exchanges as it asks for pages or entities; its attempt keeps the last ones. */
const KEPT_EXCHANGES = 5;

/** Does a QUERY whose entity is the integration itself: it reads lists, or the state of each entity where there are no lists. */
export async function queryIntegration(services: Services, effect: Effect, stopping: AbortSignal): Promise<Delivery> {
  const exchanges: Exchange[] = [];
  const push = (exchange: Exchange) => {
    exchanges.push(exchange);
    if (exchanges.length > KEPT_EXCHANGES) exchanges.shift();
  };
  const query = () =>
    deliverSafely(async () => {
      const integration = await services.integrations.byId(effect.entityId);
      return follow({ services, integration, effect, stopping });
    });
  return { result: unlessCancelled(await recordExchanges({ push }, query)), exchanges };
}

async function follow(run: Run): Promise<DeliveryResult> {
  const { services, integration, effect, stopping } = run;
  const { entityType, syncEventId } = effect;
  if (entityType === 'INTEGRATION') await sendOrCompareAll(run);
  else if (integration.connection.files) await watchFolder(services, integration);
  else if (canBePulled(integration, entityType))
    await runPull(services, integration, { entityType, syncEventId }, stopping);
  else return askForStates(run);
  return DONE;
}

async function sendOrCompareAll({ services, integration, effect, stopping }: Run): Promise<void> {
  const isFullSync = await runFullSync(services, integration, effect.syncEventId, stopping);
  if (!isFullSync) await runReconciliation(services, integration, effect.syncEventId, stopping);
}

/** What was passed over is no reason to read all the rest again. */
async function askForStates({ services, integration, effect, stopping }: Run): Promise<DeliveryResult> {
  const unread = unreadError(await checkStatus(services, integration, effect.entityType, { signal: stopping }));
  if (!unread) return DONE;
  return { kind: 'rejected', code: unread.code, message: unread.message, httpStatus: null, cause: unread };
}
