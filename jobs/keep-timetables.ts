import { keepTimetable } from '../src/flow/timetable/keep-timetable.js';
import type { JobDefinition } from './define.js';
import { eachIntegration } from './each-integration.js';

export const keepTimetables: JobDefinition = {
  name: 'keep-timetables',
  title: 'Does what is due by the timetables of single integrations: their syncs, reconciliations and health checks',
  schedule: '* * * * *',
  run: (services, run) =>
    eachIntegration(services, run, async (integration) => {
      if (!integration.connector.timetable) return;
      const done = await keepTimetable(services, integration, run.signal);
      if (done.length > 0) run.log.info({ integrationId: integration.id, done }, 'timetable kept');
    }),
};
