import { reconcileAll } from '../src/flow/reconcile/reconcile.js';
import type { JobDefinition } from './define.js';

export const reconcile: JobDefinition = {
  name: 'reconcile',
  title: 'Starts to compare each system that can list what it has with the hub, over the last 90 days',
  schedule: '0 2 * * *',
  run: async (services, { asked, log }) => {
    log.info({ started: await reconcileAll(services, asked) }, 'reconciliations started');
  },
};
