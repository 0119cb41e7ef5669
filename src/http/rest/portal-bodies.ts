import type { SyncEventStatus, SyncState } from '../../model/statuses.js';
import { CONNECTOR, type EntityData, type EventData, type StatisticsData } from './portal-sync-operations.js';

/** The documented words; what they do not tell apart is told by the schema. */
const SYNC_STATUS: Record<SyncState, string> = {
  PENDING: 'pending',
  SYNCING: 'pending',
  SYNCED: 'synced',
  FAILED: 'failed',
  SKIPPED: 'skipped',
};
const EVENT_STATUS: Record<SyncEventStatus, string> = {
  PENDING: 'pending',
  IN_PROGRESS: 'pending',
  RETRYING: 'retrying',
  SUCCESS: 'success',
  FAILED: 'failed',
  SKIPPED: 'skipped',
};

/** A sync event with the documented columns. */
export function toEventBody({ operation, direction, status, externalId, integration: _, ...event }: EventData) {
  return {
    ...event,
    entityType: event.entityType.toLowerCase(),
    b2bEntityId: externalId,
    eventType: operation.toLowerCase(),
    direction: direction.toLowerCase(),
    status: EVENT_STATUS[status],
  };
}

/** The documented state of one order or invoice; an entity that was never sent is `pending` without an id. */
export function toEntityBody(noun: 'Order' | 'Invoice', entity: EntityData) {
  const link = entity.links.find(({ integration }) => integration.connector === CONNECTOR);
  const events = entity.syncEvents.nodes.filter(({ integration }) => integration.connector === CONNECTOR);
  return {
    [`erp${noun}Id`]: entity.id,
    [`b2b${noun}Id`]: link?.externalId ?? null,
    syncStatus: SYNC_STATUS[link?.state ?? 'PENDING'],
    syncedAt: link?.syncedAt ?? null,
    lastError: link?.lastError ?? null,
    syncEvents: events.map(toEventBody),
  };
}

const NONE = { pending: 0, success: 0, failed: 0, retrying: 0, total: 0 };

export function toStatisticsBody(statistics: StatisticsData[]) {
  const of = (wanted: string) => {
    const { entityType: _, ...counts } = statistics.find(({ entityType }) => entityType === wanted) ?? {
      entityType: wanted,
      ...NONE,
    };
    return counts;
  };
  return { orders: of('ORDER'), invoices: of('INVOICE') };
}
