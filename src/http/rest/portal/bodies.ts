import { z } from 'zod';
import type { SyncEventStatus, SyncState } from '../../../model/statuses.js';
import { CONNECTOR, type EntityData, type EventData, type StatisticsData } from './operations.js';

const syncStatus = z.enum(['pending', 'synced', 'failed', 'skipped']);
const eventStatus = z.enum(['pending', 'retrying', 'success', 'failed', 'skipped']);
const time = z.iso.datetime();

/** The documented words; what they do not tell apart is told by the schema. */
const SYNC_STATUS: Record<SyncState, z.output<typeof syncStatus>> = {
  PENDING: 'pending',
  SYNCING: 'pending',
  SYNCED: 'synced',
  FAILED: 'failed',
  SKIPPED: 'skipped',
};
const EVENT_STATUS: Record<SyncEventStatus, z.output<typeof eventStatus>> = {
  PENDING: 'pending',
  IN_PROGRESS: 'pending',
  RETRYING: 'retrying',
  SUCCESS: 'success',
  FAILED: 'failed',
  SKIPPED: 'skipped',
};

/** A sync event with the documented columns. */
export const eventBody = z.object({
  id: z.string(),
  entityType: z.string().meta({ description: '`order` or `invoice`.' }),
  entityId: z.string(),
  b2bEntityId: z.string().nullable(),
  eventType: z.string().meta({ description: '`create`, `update` or `status_change`, in lower case.' }),
  direction: z.string().meta({ description: '`outbound` or `inbound`.' }),
  status: eventStatus,
  payload: z.unknown(),
  errorMessage: z.string().nullable(),
  retryCount: z.int(),
  idempotencyKey: z.string(),
  createdAt: time,
  updatedAt: time,
  processedAt: time.nullable(),
});

const entityBody = z.object({
  syncStatus,
  syncedAt: time.nullable(),
  lastError: z.string().nullable(),
  syncEvents: z.array(eventBody).meta({ description: 'The newest first, `limit` at most.' }),
  nextCursor: z
    .string()
    .nullable()
    .meta({ description: 'Given as `after` it answers the events before these; null: there are none.' }),
});
export const orderBody = entityBody.extend({ erpOrderId: z.string(), b2bOrderId: z.string().nullable() });
export const invoiceBody = entityBody.extend({ erpInvoiceId: z.string(), b2bInvoiceId: z.string().nullable() });

const counts = z.object({
  pending: z.int(),
  success: z.int(),
  failed: z.int(),
  retrying: z.int(),
  total: z.int(),
});
export const statisticsBody = z.object({ orders: counts, invoices: counts });

export function toEventBody({
  operation,
  direction,
  status,
  externalId,
  integration: _,
  ...event
}: EventData): z.output<typeof eventBody> {
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
export function toEntityBody(
  noun: 'Order' | 'Invoice',
  entity: EntityData,
): z.output<typeof orderBody> | z.output<typeof invoiceBody> {
  const link = entity.links.find(({ integration }) => integration.connector === CONNECTOR);
  const events = entity.syncEvents.nodes.filter(({ integration }) => integration.connector === CONNECTOR);
  const externalId = link?.externalId ?? null;
  const state = {
    syncStatus: SYNC_STATUS[link?.state ?? 'PENDING'],
    syncedAt: link?.syncedAt ?? null,
    lastError: link?.lastError ?? null,
    syncEvents: events.map(toEventBody),
    nextCursor: entity.syncEvents.pageInfo.hasNextPage ? entity.syncEvents.pageInfo.endCursor : null,
  };
  return noun === 'Order'
    ? { erpOrderId: entity.id, b2bOrderId: externalId, ...state }
    : { erpInvoiceId: entity.id, b2bInvoiceId: externalId, ...state };
}

const NONE = { pending: 0, success: 0, failed: 0, retrying: 0, total: 0 };

export function toStatisticsBody(statistics: StatisticsData[]): z.output<typeof statisticsBody> {
  const of = (wanted: string) => {
    const { entityType: _, ...counts } = statistics.find(({ entityType }) => entityType === wanted) ?? {
      entityType: wanted,
      ...NONE,
    };
    return counts;
  };
  return { orders: of('ORDER'), invoices: of('INVOICE') };
}
