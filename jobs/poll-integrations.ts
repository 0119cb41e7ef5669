import { pollIntegration } from '../src/flow/pull/poll-integration.js';
import type { JobDefinition } from './define.js';
import { eachIntegration } from './each-integration.js';

export const pollIntegrations: JobDefinition = {
  name: 'poll-integrations',
  title: 'Starts to read the systems whose own schedule says that it is time',
  schedule: '* * * * *',
  run: (services, run) =>
    eachIntegration(services, run, async (integration) => {
      const started = await pollIntegration(services, integration);
      if (started.length > 0) run.log.info({ integrationId: integration.id, started }, 'integration polled');
    }),
};
