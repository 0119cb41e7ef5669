import { canBeRead, checkStatus as check, isFollowed } from '../src/flow/sync/check-status.js';
import type { JobDefinition } from './define.js';
import { eachIntegration } from './each-integration.js';

const ENTITY_TYPES = ['ORDER', 'INVOICE'] as const;

export const checkStatus: JobDefinition = {
  name: 'check-status',
  title: 'Asks each system for the state of what is not final yet, in case a webhook was lost',
  schedule: '*/15 * * * *',
  run: (services, run) =>
    eachIntegration(services, run, async (integration) => {
      for (const entityType of ENTITY_TYPES) {
        if (!canBeRead(integration, entityType) || isFollowed(integration)) continue;
        const result = await check(services, integration, entityType, run.signal);
        run.log.info({ integrationId: integration.id, entityType, ...result }, 'status checked');
      }
    }),
};
