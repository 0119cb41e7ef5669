import type { Caller } from '../../access/caller.js';
import { auditDone } from '../access/audit-done.js';
import type { Services } from '../services.js';
import { lockIntegration } from './lock-integration.js';

const REASON = 'Its integration was deleted.';

/**
 * Deletes an integration; answers its id. Its history stays, its credentials do not, and what still waits to be sent is
 * skipped. One that the environment or the demo makes comes back at the next start.
 * @throws HubError NOT_FOUND
 */
export async function deleteIntegration(services: Services, caller: Caller, id: string): Promise<string> {
  return services.db.transaction(async (tx) => {
    const row = await lockIntegration(tx, caller, id);
    row.enabled = false;
    row.sealedCredentials = null;
    row.deletedAt = new Date();
    await tx.em.flush();
    await tx.sql('delete from webhook_registrations where integration_id = $1', [id]);
    await tx.sql('delete from polling_schedules where integration_id = $1', [id]);
    tx.afterCommit(() => services.integrations.changed());
    const skipped = await services.outbox.skipAll(tx, id, REASON);
    const { merchantId } = row;
    await auditDone(tx, caller, { action: 'integration.delete', merchantId, integrationId: id, details: { skipped } });
    return id;
  });
}
