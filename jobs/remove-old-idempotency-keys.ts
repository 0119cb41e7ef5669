import { removeOldIdempotencyKeys as remove } from '../src/flow/jobs/remove-old-idempotency-keys.js';
import { RETENTION } from '../src/model/retention.js';
import type { JobDefinition } from './define.js';

const KEPT_DAYS = RETENTION.IDEMPOTENCY_KEYS;

export const removeOldIdempotencyKeys: JobDefinition = {
  name: 'remove-old-idempotency-keys',
  title: `Forgets the idempotency keys of callers after ${KEPT_DAYS} days`,
  schedule: '30 2 * * *',
  run: async (services, { signal, log }) => {
    log.info({ keys: await remove(services, KEPT_DAYS, signal) }, 'old idempotency keys removed');
  },
};
