import { retryFailed as retry } from '../src/flow/sync/retry-failed.js';
import type { JobDefinition } from './define.js';

export const retryFailed: JobDefinition = {
  name: 'retry-failed',
  title: 'Sends dead letters again whose error may have gone away by itself',
  schedule: '*/5 * * * *',
  run: async (services, { signal, log }) => {
    log.info(await retry(services, signal), 'failures retried');
  },
};
