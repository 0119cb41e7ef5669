import type { Task } from '../../connectors/connector.js';
import { checkHealth } from '../integrations/check-health.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { reconcileByClock } from '../reconcile/reconcile.js';
import type { Services } from '../services.js';
import { syncRecent } from '../sync/sync-recent.js';

type Do = (services: Services, integration: OpenIntegration, signal: AbortSignal) => Promise<unknown>;

const DO: Record<Task, Do> = {
  SYNC_TRANSACTIONS: (...hub) => syncRecent(...hub, 'TRANSACTION'),
  SYNC_SUBSCRIPTIONS: (...hub) => syncRecent(...hub, 'BILLING_SUBSCRIPTION'),
  RECONCILE: reconcileByClock,
  CHECK_HEALTH: checkHealth,
};

/** One task of an integration, now. @throws HubError what it cannot do */
export async function doTask(
  services: Services,
  integration: OpenIntegration,
  task: Task,
  signal: AbortSignal,
): Promise<void> {
  await DO[task](services, integration, signal);
}
