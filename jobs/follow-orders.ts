import { checkStatus, isFollowed } from '../src/flow/sync/check-status.js';
import { unreadError } from '../src/flow/sync/unread.js';
import type { JobDefinition } from './define.js';
import { eachIntegration } from './each-integration.js';

export const followOrders: JobDefinition = {
  name: 'follow-orders',
  title: 'Asks the systems that send no webhooks how far their orders are',
  schedule: '*/5 * * * *',
  run: (services, run) =>
    eachIntegration(services, run, async (integration) => {
      if (!isFollowed(integration)) return;
      const result = await checkStatus(services, integration, 'ORDER', run);
      const { unread: _, ...counts } = result;
      run.log.info({ integrationId: integration.id, ...counts }, 'orders followed');
      const error = unreadError(result);
      if (error) throw error;
    }),
};
