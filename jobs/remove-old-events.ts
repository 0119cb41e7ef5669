import { removeOldEvents as remove } from '../src/flow/jobs/remove-old-events.js';
import { RETENTION } from '../src/model/retention.js';
import type { JobDefinition } from './define.js';

const KEPT_DAYS = RETENTION.SYNC_EVENTS;

export const removeOldEvents: JobDefinition = {
  name: 'remove-old-events',
  title: `Removes sync events that have ended, pulls, and changes of the feed, after ${KEPT_DAYS} days; dead letters stay`,
  schedule: '10 2 * * *',
  run: async (services, { signal, log }) => {
    log.info(await remove(services, KEPT_DAYS, signal), 'old events removed');
  },
};
