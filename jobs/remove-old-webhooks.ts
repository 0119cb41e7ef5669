import { removeOldWebhooks as remove } from '../src/flow/jobs/remove-old-webhooks.js';
import { RETENTION } from '../src/model/retention.js';
import type { JobDefinition } from './define.js';

const KEPT_DAYS = RETENTION.WEBHOOK_EVENTS;

export const removeOldWebhooks: JobDefinition = {
  name: 'remove-old-webhooks',
  title: `Removes received webhooks after ${KEPT_DAYS} days; those that wait for their entity stay`,
  schedule: '20 2 * * *',
  run: async (services, { signal, log }) => {
    log.info({ webhooks: await remove(services, KEPT_DAYS, signal) }, 'old webhooks removed');
  },
};
