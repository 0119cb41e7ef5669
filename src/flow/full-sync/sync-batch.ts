import { hubCaller } from '../../access/caller.js';
import { HubError, isRetryable } from '../../errors.js';
import { inParallel } from '../in-parallel.js';
import { repeatDeadlocked } from '../repeat-deadlocked.js';
import type { Sendable } from '../sendable.js';
import type { Services } from '../services.js';
import { syncEntity } from '../sync/sync-entity.js';

/** As many as the hub has connections for transactions. */
const AT_ONCE = 4;

/** How many entities are looked at in one go. */
export const BATCH = 50;

const HUB = hubCaller(null);

/** Of the database or the integration, and not of the one entity that met it. */
const concernsAll = ({ code }: HubError) => isRetryable(code) || code === 'INTEGRATION_DISABLED';

/**
 * Sends each that is not in step there, a few at the same time; answers how many were refused, which stops no other.
 * @throws HubError INTEGRATION_DISABLED, DATABASE_UNAVAILABLE
 */
export async function syncBatch(
  services: Services,
  integrationId: string,
  entityType: Sendable['entityType'],
  ids: readonly string[],
): Promise<{ sent: number; refused: number }> {
  const result = { sent: 0, refused: 0 };
  await inParallel(ids, AT_ONCE, async (id) => {
    try {
      await repeatDeadlocked(services.log, () => syncEntity(services, HUB, entityType, { id, integrationId }));
      result.sent += 1;
    } catch (error) {
      if (!(error instanceof HubError) || concernsAll(error)) throw error;
      result.refused += 1;
    }
  });
  return result;
}
