import { canBeRead, checkStatus as check, isFollowed } from '../src/flow/sync/check-status.js';
import { type UnreadList, unreadError } from '../src/flow/sync/unread.js';
import type { JobDefinition } from './define.js';
import { eachIntegration } from './each-integration.js';

const ENTITY_TYPES = ['ORDER', 'INVOICE'] as const;

export const checkStatus: JobDefinition = {
  name: 'check-status',
  title: 'Asks each system for the state of what is not final yet, in case a webhook was lost',
  schedule: '*/15 * * * *',
  run: (services, run) =>
    eachIntegration(services, run, async (integration) => {
      const all: UnreadList & { asked: number } = { asked: 0, failed: 0, unread: [] };
      for (const entityType of ENTITY_TYPES) {
        if (!canBeRead(integration, entityType) || isFollowed(integration)) continue;
        const { unread, ...counts } = await check(services, integration, entityType, run);
        run.log.info({ integrationId: integration.id, entityType, ...counts }, 'status checked');
        all.asked += counts.asked;
        all.failed += counts.failed;
        all.unread.push(...unread);
      }
      const error = unreadError(all);
      if (error) throw error;
    }),
};
