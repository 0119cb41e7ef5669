import { z } from 'zod';
import type { SyncEventStatus } from '../../../model/statuses.js';
import type { OrderData, RecordData } from './operations.js';

const STATUS = ['pending', 'queued', 'in_progress', 'success', 'failed'] as const;
type ErpSyncStatus = (typeof STATUS)[number];

const WORDS: Record<SyncEventStatus, ErpSyncStatus> = {
  PENDING: 'pending',
  IN_PROGRESS: 'in_progress',
  RETRYING: 'pending',
  SUCCESS: 'success',
  FAILED: 'failed',
  SKIPPED: 'failed',
};

const shared = {
  sync_id: z.int(),
  order_increment_id: z.string(),
  status: z.enum(STATUS),
  attempts: z.int(),
  erp_reference: z.string().nullable(),
  last_error: z.string().nullable(),
};
const time = z.string().meta({ description: 'UTC: `2024-01-15 10:30:00`.' });

export const syncBody = z.object({ ...shared, success: z.boolean(), message: z.string() });
export const statusBody = z.object({
  ...shared,
  order_id: z.string(),
  max_attempts: z.int(),
  last_attempt_at: time.nullable(),
  next_attempt_at: time.nullable(),
  created_at: time,
  updated_at: time,
});

export function toSyncBody(order: OrderData, record: RecordData): z.output<typeof syncBody> {
  const status = wordOf(record);
  return {
    success: status !== 'failed' && record.status !== 'RETRYING',
    sync_id: Number(record.id),
    order_increment_id: order.number,
    status,
    message: messageOf(record),
    erp_reference: record.externalId,
    attempts: record.attemptCount,
    last_error: record.errorMessage,
  };
}

export function toStatusBody(order: OrderData, record: RecordData): z.output<typeof statusBody> {
  return {
    sync_id: Number(record.id),
    order_id: order.id,
    order_increment_id: order.number,
    status: wordOf(record),
    attempts: record.attemptCount,
    max_attempts: record.maxAttempts,
    last_attempt_at: timeOf(record.lastAttemptAt),
    next_attempt_at: timeOf(record.nextAttemptAt),
    erp_reference: record.externalId,
    last_error: record.errorMessage,
    created_at: timeOf(record.createdAt) ?? '',
    updated_at: timeOf(record.updatedAt) ?? '',
  };
}

function wordOf({ status, held }: RecordData): ErpSyncStatus {
  return status === 'PENDING' && held ? 'queued' : WORDS[status];
}

function messageOf({ status, errorMessage }: RecordData): string {
  if (status === 'SUCCESS') return 'Order synced successfully';
  if (status === 'FAILED') return `Order sync failed: ${errorMessage}`;
  if (status === 'SKIPPED') return `Order sync was skipped: ${errorMessage}`;
  return status === 'RETRYING' ? `Order sync is tried again: ${errorMessage}` : 'Order sync is under way';
}

function timeOf(iso: string | null): string | null {
  return iso && `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}
