import { releaseHeld } from '../src/flow/sync/release-held.js';
import type { JobDefinition } from './define.js';
import { eachIntegration } from './each-integration.js';

export const sendQueuedOrders: JobDefinition = {
  name: 'send-queued-orders',
  title: "Sends invoiced orders that wait for their system's schedule, at most 100 to each in one run",
  schedule: '* * * * *',
  run: (services, run) =>
    eachIntegration(services, run, async (integration) => {
      if (!integration.connector.holdInvoicedOrders) return;
      const released = await releaseHeld(services, integration, run.asked);
      if (released > 0) run.log.info({ integrationId: integration.id, released }, 'queued orders released');
    }),
};
