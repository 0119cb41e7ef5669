import { rotateCredentials as rotate } from '../src/flow/integrations/rotate-credentials.js';
import type { JobDefinition } from './define.js';

export const rotateCredentials: JobDefinition = {
  name: 'rotate-credentials',
  title: 'Seals credentials with the present encryption key that a former one has sealed',
  schedule: '40 * * * *',
  run: async (services, { log }) => {
    log.info({ integrations: await rotate(services) }, 'credentials rotated');
  },
};
