import type { Caller } from '../access/caller.js';
import { HubError } from '../errors.js';
import { auditDone } from './access/audit-done.js';
import type { Services } from './services.js';

const FIND = `select status, merchant_id as "merchantId" from notifications
where id = $1 and ($2::text is null or merchant_id = $2) for no key update`;
const RESEND = `update notifications set status = 'PENDING', attempts = 0, due_at = now() where id = $1`;

/**
 * Gives a message that failed or was kept back to the courier; answers its id.
 * @throws HubError NOT_FOUND, INVALID_STATE when it is sent or still on its way
 */
export async function resendNotification(services: Services, caller: Caller, id: string): Promise<string> {
  return services.db.transaction(async (tx) => {
    const [found] = await tx.sql<{ status: string; merchantId: string | null }>(FIND, [id, caller.merchantId]);
    if (!found) throw new HubError('NOT_FOUND', `There is no notification ${id}.`, { path: ['id'] });
    if (found.status !== 'FAILED' && found.status !== 'KEPT') {
      const message = `Notification ${id} is ${found.status}: only one that is FAILED or KEPT can be sent again.`;
      throw new HubError('INVALID_STATE', message, { path: ['id'] });
    }
    await tx.sql(RESEND, [id]);
    const { merchantId } = found;
    await auditDone(tx, caller, { action: 'notification.resend', merchantId, details: { notificationId: id } });
    return id;
  });
}
