import { rollUpMetrics as run } from '../src/flow/watching/roll-up-metrics.js';
import type { JobDefinition } from './define.js';

export const rollUpMetrics: JobDefinition = {
  name: 'roll-up-metrics',
  title: 'Adds new attempts and webhooks to the hourly figures, and merges old hours into days',
  schedule: '* * * * *',
  run: (services, { signal }) => run(services, signal),
};
