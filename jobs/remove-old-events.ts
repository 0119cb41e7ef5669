import { removeOldEvents as remove } from '../src/flow/sync/remove-old-events.js';
import type { JobDefinition } from './define.js';

const KEPT_DAYS = 90;

export const removeOldEvents: JobDefinition = {
  name: 'remove-old-events',
  title: `Removes sync events that have ended, pulls, and changes of the feed, after ${KEPT_DAYS} days; dead letters stay`,
  schedule: '10 2 * * *',
  run: async (services, { signal, log }) => {
    log.info(await remove(services, KEPT_DAYS, signal), 'old events removed');
  },
};
