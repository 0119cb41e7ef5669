import type { z } from 'zod';
import { BEGINNINGS } from '../../../model/audit-actions.js';
import { SyncEventStatus } from '../../../model/statuses.js';
import type { auditShown, metricsShown, syncShown } from './bodies.js';

/** What the document calls the states of a sync, and the hub's for it. */
const STATES: Record<string, SyncEventStatus[]> = {
  pending: ['PENDING'],
  syncing: ['IN_PROGRESS', 'RETRYING'],
  synced: ['SUCCESS'],
  failed: ['FAILED'],
  skipped: ['SKIPPED'],
};

/** The hub's states of a state that is named in the document's words or the hub's; null: it is neither. */
export function statesOf(text: string): SyncEventStatus[] | null {
  const own = text.toUpperCase();
  if (Object.hasOwn(SyncEventStatus, own)) return [own as SyncEventStatus];
  const word = text.toLowerCase();
  return Object.hasOwn(STATES, word) ? (STATES[word] ?? null) : null;
}

/** What the document calls the kinds of entities. */
export const SOURCE_TYPES = ['transaction', 'subscription', 'customer', 'invoice'] as const;

export const entityTypeOf = (word: (typeof SOURCE_TYPES)[number]): string =>
  word === 'subscription' ? 'BILLING_SUBSCRIPTION' : word.toUpperCase();

export type SyncShown = z.output<typeof syncShown>;
type OfDocument =
  | 'sourceSystem'
  | 'sourceId'
  | 'sourceType'
  | 'syncStatus'
  | 'nextRetryAt'
  | 'lastSyncAttempt'
  | 'syncDuration';

/** A sync event, as the operations of these addresses ask for it. */
export interface ShownEvent extends Omit<SyncShown, OfDocument> {
  attempts: { startedAt: string; durationMs: number | null }[];
}

/** A sync event with the names that the document has for its fields beside the hub's own. */
export function toSync({ attempts, ...event }: ShownEvent): SyncShown {
  const last = attempts.at(-1);
  const isOut = event.direction === 'OUTBOUND';
  return {
    ...event,
    sourceSystem: isOut ? 'hub' : 'flasherp',
    sourceId: isOut ? event.entityId : (event.externalId ?? event.entityId),
    sourceType: event.entityType === 'BILLING_SUBSCRIPTION' ? 'subscription' : event.entityType.toLowerCase(),
    syncStatus: WORDS[event.status],
    nextRetryAt: event.status === 'RETRYING' ? event.nextAttemptAt : null,
    lastSyncAttempt: last?.startedAt ?? null,
    syncDuration: last?.durationMs ?? null,
  };
}

const WORDS: Record<SyncEventStatus, SyncShown['syncStatus']> = {
  PENDING: 'pending',
  IN_PROGRESS: 'syncing',
  RETRYING: 'syncing',
  SUCCESS: 'synced',
  FAILED: 'failed',
  SKIPPED: 'skipped',
};

/** The audit entries that the document's word means: what began and goes on, what was done, what was not. */
export const AUDIT_FILTERS = {
  initiated: { outcomes: ['OK'], begun: true },
  success: { outcomes: ['OK'], begun: false },
  failed: { outcomes: ['REFUSED', 'FAILED'] },
} as const;

type AuditShown = z.output<typeof auditShown>;
type Entry = Omit<AuditShown, 'details' | 'status' | 'userId' | 'duration' | 'requestPayload' | 'responsePayload'>;
interface ShownEntry extends Entry {
  details: { request?: unknown; response?: unknown } | null;
}

/** An audit entry likewise. */
export function toAuditLog(entry: ShownEntry): AuditShown {
  return {
    ...entry,
    status: auditStatusOf(entry),
    userId: entry.actor,
    duration: entry.durationMs,
    requestPayload: entry.details?.request ?? null,
    responsePayload: answerOf(entry),
  };
}

function auditStatusOf({ outcome, action }: Pick<Entry, 'outcome' | 'action'>): AuditShown['status'] {
  if (outcome !== 'OK') return 'failed';
  return BEGINNINGS.includes(action) ? 'initiated' : 'success';
}

/** What was answered, or else all that is kept beside the request. */
function answerOf({ details }: ShownEntry): unknown {
  if (!details) return null;
  const { request: _, response, ...answer } = details;
  return response ?? answer;
}

type MetricsShown = z.output<typeof metricsShown>;
/** The measures, as the operation asks for them. */
export type ShownMetrics = Pick<MetricsShown, 'from' | 'to' | 'syncs' | 'errors' | 'webhooks' | 'queue' | 'api'>;

/** What the document would have tracked, first; the hub's own measures after it. */
export function toMetrics({ from, to, ...measures }: ShownMetrics): MetricsShown {
  const { syncs, errors, webhooks, api } = measures;
  const { p50Ms: p50, p95Ms: p95, p99Ms: p99 } = api.durationMs;
  return {
    from,
    to,
    syncSuccessRate: syncs.successRate,
    averageSyncDurationMs: syncs.durationMs.averageMs,
    errorRateByCode: errors,
    webhookSuccessRate: webhooks.successRate,
    apiLatencyMs: { p50, p95, p99 },
    ...measures,
  };
}
