import { checkStatus, isFollowed } from '../src/flow/sync/check-status.js';
import type { JobDefinition } from './define.js';
import { eachIntegration } from './each-integration.js';

export const followOrders: JobDefinition = {
  name: 'follow-orders',
  title: 'Asks the systems that send no webhooks how far their orders are',
  schedule: '*/5 * * * *',
  run: (services, run) =>
    eachIntegration(services, run, async (integration) => {
      if (!isFollowed(integration)) return;
      const result = await checkStatus(services, integration, 'ORDER', run.signal);
      run.log.info({ integrationId: integration.id, ...result }, 'orders followed');
    }),
};
