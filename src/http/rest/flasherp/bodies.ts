import { z } from 'zod';
import { CircuitState, EntityType, Health, SyncEventStatus } from '../../../model/statuses.js';

const time = z.iso.datetime();
const errorCode = z.string().nullable();
const kind = z.enum(EntityType);
const share = z.number().nullable().meta({ description: 'From 0 to 1; null where nothing was counted.' });
const milliseconds = z.number().nullable();

const scope = z.object({
  transactions: z.boolean(),
  subscriptions: z.boolean(),
  customers: z.boolean(),
  invoices: z.boolean(),
  financialReports: z.boolean(),
});

/** The configuration with the connector's further settings beside the documented ones. */
export const configShown = z.looseObject({
  id: z.string(),
  merchantId: z.string(),
  isEnabled: z.boolean(),
  credentialsConfigured: z.boolean(),
  healthStatus: z.enum(['healthy', 'degraded', 'down', 'unknown']),
  enableAutoSync: z.boolean(),
  syncInterval: z.int(),
  syncScope: scope,
});

export const deleted = z.object({ id: z.string(), deleted: z.literal(true) });

export const tested = z.object({
  ok: z.boolean(),
  latencyMs: z.int().nullable(),
  errorCode,
  errorMessage: z.string().nullable(),
});

/** A sync with the hub's own names and those of the document. */
export const syncShown = z.object({
  id: z.string(),
  entityType: kind,
  entityId: z.string(),
  externalId: z.string().nullable(),
  operation: z.string(),
  direction: z.enum(['OUTBOUND', 'INBOUND']),
  status: z.enum(SyncEventStatus),
  errorCode,
  errorMessage: z.string().nullable(),
  retryCount: z.int(),
  idempotencyKey: z.string(),
  nextAttemptAt: time.nullable(),
  createdAt: time,
  processedAt: time.nullable(),
  sourceSystem: z.enum(['hub', 'flasherp']),
  sourceId: z.string(),
  sourceType: z
    .string()
    .meta({ description: '`transaction`, `subscription`, `customer`, `invoice`, or another kind in small letters.' }),
  syncStatus: z.enum(['pending', 'syncing', 'synced', 'failed', 'skipped']),
  nextRetryAt: time.nullable(),
  lastSyncAttempt: time.nullable(),
  syncDuration: z.int().nullable().meta({ description: 'Of the last attempt, milliseconds.' }),
});

export const fullSyncShown = z.object({
  id: z.string(),
  syncEventId: z.string().nullable(),
  entityTypes: z.array(kind),
  state: z.string(),
  progress: z.int().meta({ description: 'Percent.' }),
  ...{ totalCount: z.int(), lookedCount: z.int(), sentCount: z.int(), refusedCount: z.int() },
  ...{ createdAt: time, updatedAt: time, finishedAt: time.nullable() },
  errorCode,
  errorMessage: z.string().nullable(),
});

export const reconciliationShown = z.object({
  id: z.string(),
  state: z.string(),
  entityTypes: z.array(kind),
  periodFrom: time,
  periodTo: time,
});

/** An audit entry with the hub's own names and those of the document. */
export const auditShown = z.object({
  id: z.string(),
  at: time,
  actor: z.string(),
  action: z.string(),
  outcome: z.enum(['OK', 'REFUSED', 'FAILED']),
  entityType: z.string().nullable(),
  entityId: z.string().nullable(),
  details: z.unknown(),
  requestId: z.string().nullable(),
  durationMs: z.int().nullable(),
  status: z.enum(['initiated', 'success', 'failed']),
  userId: z.string(),
  duration: z.int().nullable(),
  requestPayload: z.unknown(),
  responsePayload: z.unknown(),
});

const health = z.object({
  health: z.enum(Health),
  circuit: z.enum(CircuitState),
  checkedAt: time.nullable(),
  latencyMs: z.number().nullable(),
  successRate: share,
  queueDepth: z.int(),
  oldestPendingSeconds: z.number().nullable(),
  lastError: z.string().nullable(),
});
const counts = { pending: z.int(), success: z.int(), failed: z.int(), retrying: z.int(), total: z.int() };
export const statusShown = configShown.extend({
  health: health.nullable(),
  statistics: z.array(z.object({ entityType: kind, ...counts })).meta({ description: 'Of the last 30 days.' }),
});

const timing = z.object({
  count: z.int(),
  averageMs: milliseconds,
  p50Ms: milliseconds,
  p95Ms: milliseconds,
  p99Ms: milliseconds,
});
const errorShare = z.object({ code: z.string(), category: z.string().nullable(), count: z.int(), rate: z.number() });

/** What the document would have tracked, and the hub's own measures. */
export const metricsShown = z.object({
  from: time,
  to: time,
  syncSuccessRate: share,
  averageSyncDurationMs: milliseconds,
  errorRateByCode: z.array(errorShare),
  webhookSuccessRate: share,
  apiLatencyMs: z.object({ p50: milliseconds, p95: milliseconds, p99: milliseconds }),
  syncs: z.object({
    ...{ attempts: z.int(), success: z.int(), retried: z.int(), failed: z.int() },
    ...{ successRate: share, retryRate: share, errorRate: share, queueWaitMs: milliseconds, durationMs: timing },
  }),
  errors: z.array(errorShare),
  webhooks: z.object({
    ...{ received: z.int(), processed: z.int(), ignored: z.int(), failed: z.int(), waiting: z.int() },
    successRate: share,
  }),
  queue: z.object({ active: z.int(), retrying: z.int(), deadLetters: z.int(), overdueMs: z.number() }),
  api: z.object({
    errorRate: share,
    durationMs: timing,
    statuses: z.array(z.object({ status: z.int().nullable(), count: z.int(), rate: z.number() })),
  }),
});
