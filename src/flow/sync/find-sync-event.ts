import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { HubError } from '../../errors.js';
import type { EntityType, SyncEventStatus } from '../../model/statuses.js';
import { isEventId } from '../../outbox/event-id.js';

/** A sync event as it is found; `subject` is what an audit entry says of it. */
export interface FoundSyncEvent {
  merchantId: string;
  status: SyncEventStatus;
  subject: { merchantId: string; entityType: EntityType; entityId: string; integrationId: string };
}

interface Row {
  merchant_id: string;
  status: SyncEventStatus;
  entity_type: EntityType;
  entity_id: string;
  integration_id: string;
}

const FIND = `select merchant_id, status, entity_type, entity_id, integration_id from sync_events
where id = $1 and ($2::text is null or merchant_id = $2)`;

/** @throws HubError NOT_FOUND when there is none, or it is another merchant's */
export async function findSyncEvent(tx: Tx, caller: Caller, id: string): Promise<FoundSyncEvent> {
  const [row] = isEventId(id) ? await tx.sql<Row>(FIND, [id, caller.merchantId]) : [];
  if (!row) throw new HubError('NOT_FOUND', `There is no sync event ${id}.`, { path: ['id'] });
  const { merchant_id: merchantId, status, entity_type: entityType, entity_id: entityId } = row;
  return { merchantId, status, subject: { merchantId, entityType, entityId, integrationId: row.integration_id } };
}
