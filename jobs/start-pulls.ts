import { startDuePulls } from '../src/flow/pull/start-due-pulls.js';
import type { JobDefinition } from './define.js';
import { eachIntegration } from './each-integration.js';

export const startPulls: JobDefinition = {
  name: 'start-pulls',
  title: 'Starts to read the systems whose turn it is, by the schedule of their integration or every few minutes',
  schedule: '* * * * *',
  run: (services, run) =>
    eachIntegration(services, run, async (integration) => {
      const started = await startDuePulls(services, integration);
      if (started.length > 0) run.log.info({ integrationId: integration.id, started }, 'pulls started');
    }),
};
