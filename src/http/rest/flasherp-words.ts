import { SyncEventStatus } from '../../model/statuses.js';

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

/** A sync event, as the operations of these addresses ask for it. */
export interface ShownEvent extends Record<string, unknown> {
  entityType: string;
  entityId: string;
  externalId: string | null;
  direction: string;
  status: SyncEventStatus;
  nextAttemptAt: string | null;
  attempts: { startedAt: string; durationMs: number }[];
}

/** A sync event with the names that the document has for its fields beside the hub's own. */
export function toSync({ attempts, ...event }: ShownEvent): Record<string, unknown> {
  const last = attempts.at(-1);
  const isOut = event.direction === 'OUTBOUND';
  return {
    ...event,
    sourceSystem: isOut ? 'hub' : 'flasherp',
    sourceId: isOut ? event.entityId : (event.externalId ?? event.entityId),
    sourceType: event.entityType === 'BILLING_SUBSCRIPTION' ? 'subscription' : event.entityType.toLowerCase(),
    syncStatus: Object.keys(STATES).find((name) => STATES[name]?.includes(event.status)),
    nextRetryAt: event.status === 'RETRYING' ? event.nextAttemptAt : null,
    lastSyncAttempt: last?.startedAt ?? null,
    syncDuration: last?.durationMs ?? null,
  };
}

interface ShownEntry extends Record<string, unknown> {
  actor: string;
  outcome: string;
  action: string;
  details: { request?: unknown; response?: unknown } | null;
  durationMs: number | null;
}

/** An audit entry likewise. */
export function toAuditLog(entry: ShownEntry): Record<string, unknown> {
  return {
    ...entry,
    status: entry.outcome === 'OK' ? 'success' : 'failed',
    userId: entry.actor,
    duration: entry.durationMs,
    requestPayload: entry.details?.request ?? null,
    responsePayload: answerOf(entry),
  };
}

/** What was answered, or else all that is kept beside the request. */
function answerOf({ details }: ShownEntry): unknown {
  if (!details) return null;
  const { request: _, response, ...answer } = details;
  return response ?? answer;
}

interface Timing {
  averageMs: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

/** The measures of a time, as the operation asks for them. */
export interface ShownMetrics extends Record<string, unknown> {
  from: string;
  to: string;
  syncs: { successRate: number | null; durationMs: Timing };
  errors: unknown[];
  webhooks: { successRate: number | null };
  api: { durationMs: Timing };
}

/** What the document would have tracked, first; the hub's own measures after it. */
export function toMetrics({ from, to, ...measures }: ShownMetrics): Record<string, unknown> {
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
