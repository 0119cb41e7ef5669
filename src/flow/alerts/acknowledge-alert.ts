import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../access/audit-done.js';
import type { Services } from '../services.js';
import { type AlertScope, publishAlert } from './open-alert.js';

const FIND = `select kind, merchant_id as "merchantId", integration_id as "integrationId", order_id as "orderId", closed_at as "closedAt"
from alerts where id = $1 and ($2::text is null or merchant_id = $2) for no key update`;
const ACKNOWLEDGE = `update alerts set acknowledged_at = now(), acknowledged_by = $2 where id = $1 and acknowledged_at is null
returning 1`;

/**
 * Says that somebody looks after an open alert; answers its id. The first one stays.
 * @throws HubError NOT_FOUND, INVALID_STATE when it is closed
 */
export async function acknowledgeAlert(services: Services, caller: Caller, id: string): Promise<string> {
  return services.db.transaction(async (tx) => {
    const found = await tx.sql<AlertScope & { kind: string; closedAt: string | null }>(FIND, [id, caller.merchantId]);
    const [alert] = found;
    if (!alert) throw new HubError('NOT_FOUND', `There is no alert ${id}.`, { path: ['id'] });
    if (alert.closedAt !== null)
      throw new HubError('INVALID_STATE', `Alert ${id} is closed already.`, { path: ['id'] });
    const first = await tx.sql(ACKNOWLEDGE, [id, caller.subject]);
    if (first.length === 0) return id;
    await publishAlert({ services, tx }, 'alert.acknowledged', alert, { alertId: id, alertKind: alert.kind });
    const { merchantId, integrationId } = alert;
    await auditDone(tx, caller, { action: 'alert.acknowledge', merchantId, integrationId, details: { alertId: id } });
    return id;
  });
}
