import { evaluateAlerts as evaluate } from '../src/flow/alerts/evaluate.js';
import { rollUpMetrics } from '../src/flow/watching/roll-up-metrics.js';
import type { JobDefinition } from './define.js';

export const evaluateAlerts: JobDefinition = {
  name: 'evaluate-alerts',
  title: 'Measures what the alert rules watch, and opens and closes alerts',
  schedule: '* * * * *',
  run: async (services, { signal }) => {
    await rollUpMetrics(services, signal);
    await evaluate(services);
  },
};
