import type { Sendable } from '../sendable.js';
import type { Services } from '../services.js';

/**
 * Applies what any integration has told of an entity before the hub knew it. Runs after the entity's commit; whatever
 * fails here is left to the job that looks for stragglers.
 */
export async function applyEarlyEvents(services: Services, entity: Sendable, number: string | null): Promise<void> {
  const { merchantId, entityType, entityId } = entity;
  try {
    await services.inbox.applyWaiting({ merchantId, entityType, entityId, number });
  } catch (error) {
    services.log.warn({ err: error, entityId }, 'waiting events not applied yet');
  }
}
