import { HubError } from '../../errors.js';
import type { NewSyncEvent } from '../../outbox/outbox.js';
import { kindOf } from '../lock-entity.js';
import type { Sendable } from '../sendable.js';
import type { HubWork } from '../work.js';
import { findRecipients, type Recipient } from './find-recipients.js';
import { snapshotFor } from './send.js';

interface Lane {
  /** Whether the system has the entity, or something of it waits to be sent there. */
  known: boolean;
  /** Whether all that waits begins with a creation that nobody has tried yet. */
  untried: boolean;
  held: boolean;
  priority: number;
  notBefore: string | null;
  /** Sync events that wait, the newest first. */
  waiting: string[];
}

const LOCK = `select l.id from lanes l join links k on k.id = l.id
where k.integration_id = $1 and k.entity_type = $2 and k.entity_id = $3 for no key update of l`;

const LANE = `select k.external_id is not null or k.synced_at is not null or e.id is not null as known,
  coalesce(l.owner is null and e.operation = 'CREATE' and e.status = 'PENDING' and e.attempt_count = 0, false) as untried,
  coalesce(l.due = 'infinity', false) as held, coalesce(l.priority, 0) as priority,
  e.next_attempt_at as "notBefore",
  array(select w.id::text from sync_events w where w.lane_id = k.id and w.seq > l.head order by w.seq desc) as waiting
from links k left join lanes l on l.id = k.id
left join lateral (select * from sync_events s where s.lane_id = l.id and s.seq > l.head order by s.seq limit 1) e on true
where k.integration_id = $1 and k.entity_type = $2 and k.entity_id = $3`;

/**
 * Accepts the changed contents of an entity in every system that has it, in the caller's transaction. A creation there
 * that nobody has tried yet makes room for one of the new contents, and so does a dead letter.
 * @throws HubError INVALID_STATE where a system that has it takes no changes of it
 */
export async function sendUpdate(work: HubWork, entity: Sendable): Promise<void> {
  // One after the other: a transaction is one connection.
  for (const recipient of await findRecipients(work, entity)) {
    const event = await updateFor(work, entity, recipient);
    if (event) await work.services.outbox.enqueue(work.tx, [event]);
  }
}

/** Null: the system does not have it, or does not want it as it is now. */
async function updateFor(
  { services, tx }: HubWork,
  entity: Sendable,
  recipient: Recipient,
): Promise<NewSyncEvent | null> {
  const { merchantId, entityType, entityId } = entity;
  const { id: integrationId, connector, maxAttempts } = recipient;
  const link = { integrationId, entityType, entityId };
  const names = [integrationId, entityType, entityId];
  await tx.sql(LOCK, names);
  const [lane] = await tx.sql<Lane>(LANE, names);
  if (!lane?.known) return null;
  const payload = await snapshotFor(tx, entity, recipient);
  if (connector.takesChanges?.({ entityType, snapshot: payload }) === false) throw takesNone(recipient, entityType);
  if (!recipient.accepts({ entityType, operation: 'UPDATE', snapshot: payload })) return null;
  const event = { ...link, merchantId, payload, maxAttempts };
  if (!lane.untried) {
    await services.outbox.supersede(tx, link);
    return { ...event, operation: 'UPDATE' };
  }
  for (const id of lane.waiting) await services.outbox.skip(tx, id, 'Superseded by newer contents.');
  const { held, priority, notBefore } = lane;
  return { ...event, operation: 'CREATE', held, priority, notBefore };
}

function takesNone({ id, connector }: Recipient, entityType: Sendable['entityType']): HubError {
  const kind = kindOf(entityType);
  const message = `${connector.title} (${id}) has this ${kind} and takes no changes of it any more: nothing was changed.`;
  return new HubError('INVALID_STATE', message, { path: ['id'] });
}
