import { isScheduled, syncRecent } from '../src/flow/sync/sync-recent.js';
import type { JobDefinition } from './define.js';
import { eachIntegration } from './each-integration.js';

export const syncTransactions: JobDefinition = {
  name: 'sync-transactions',
  title: 'Sends the transactions of the last 24 hours that are not in step with a system that takes them',
  schedule: '0 * * * *',
  run: (services, run) =>
    eachIntegration(services, run, async (integration) => {
      if (!isScheduled(integration, 'TRANSACTION', run.asked)) return;
      const looked = await syncRecent(services, integration, run.signal, 'TRANSACTION');
      run.log.info({ integrationId: integration.id, looked }, 'transactions synced');
    }),
};
