import { isScheduled, syncRecent } from '../src/flow/sync/sync-recent.js';
import type { JobDefinition } from './define.js';
import { eachIntegration } from './each-integration.js';

export const syncSubscriptions: JobDefinition = {
  name: 'sync-subscriptions',
  title: 'Sends the live subscriptions that are not in step with a system that takes them',
  schedule: '0 */6 * * *',
  run: (services, run) =>
    eachIntegration(services, run, async (integration) => {
      if (!isScheduled(integration, 'BILLING_SUBSCRIPTION', run.asked)) return;
      const looked = await syncRecent(services, integration, run.signal, 'BILLING_SUBSCRIPTION');
      run.log.info({ integrationId: integration.id, looked }, 'subscriptions synced');
    }),
};
