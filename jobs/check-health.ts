import { checkHealth as check, noteUnopened } from '../src/flow/integrations/check-health.js';
import type { JobDefinition } from './define.js';
import { eachIntegration } from './each-integration.js';

export const checkHealth: JobDefinition = {
  name: 'check-health',
  title: 'Asks each system that has no timetable of its own whether it is well; alerts after three failures in a row',
  schedule: '* * * * *',
  run: async (services, run) => {
    await noteUnopened(services);
    await eachIntegration(services, run, async (integration) => {
      if (run.asked || !integration.connector.timetable) await check(services, integration);
    });
  },
};
