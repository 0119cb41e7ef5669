import { z } from 'zod';
import { SecurityEvent } from '../../../model/security-events.js';

const ratio = z.number().nullable();
const timing = z.object({ count: z.int(), averageMs: ratio, p50Ms: ratio, p95Ms: ratio, p99Ms: ratio });
const cache = z.object({ hits: z.int(), misses: z.int(), hitRate: ratio });
const outcomes = z.object({
  attempts: z.int(),
  success: z.int(),
  retried: z.int(),
  failed: z.int(),
  successRate: ratio,
  retryRate: ratio,
  errorRate: ratio,
  queueWaitMs: ratio,
  durationMs: timing,
});
const share = { count: z.int(), rate: z.number() };

const errorShares = {
  byCode: z.array(z.object({ code: z.string(), category: z.string().nullable(), ...share })),
  byCategory: z.array(z.object({ category: z.string(), ...share })),
};
const errorRatesOf = z.object({
  integrationId: z.string().nullable().meta({ description: 'Null: all of the connector.' }),
  connector: z.string(),
  attempts: z.int(),
  errorRate: ratio,
  errors: errorShares.byCode,
  errorCategories: errorShares.byCategory,
});

/** The four groups of the gateway's document, then the schema's other figures under their own names. */
export const figuresBody = z.object({
  from: z.string(),
  to: z.string(),
  syncPerformance: outcomes.extend({ throughputPerMinute: z.number() }),
  errorRates: z.object({
    total: ratio.meta({ description: 'Of all attempts.' }),
    ...errorShares,
    byIntegration: z.array(errorRatesOf),
    byConnector: z.array(errorRatesOf),
  }),
  queueHealth: z
    .object({
      active: z.int(),
      retrying: z.int(),
      deadLetters: z.int(),
      overdueMs: z.int(),
      waitingWebhooks: z.int(),
      oldestWaitingWebhookMs: z.number(),
      processingMs: timing,
      queueWaitMs: ratio,
    })
    .meta({ description: 'The counts are of now.' }),
  systemResources: z
    .object({
      instances: z.array(
        z.object({
          instance: z.string(),
          memoryRatio: z.number(),
          memoryBytes: ratio,
          cpuRatio: ratio,
          reportedAt: z.string(),
        }),
      ),
      databaseConnections: z.int(),
    })
    .nullable()
    .meta({ description: 'Null for a caller of one merchant.' }),
  securityEvents: z
    .array(z.object({ kind: z.enum(SecurityEvent), count: z.int() }))
    .nullable()
    .meta({ description: 'Null for a caller of one merchant.' }),
  webhooks: z.object({
    received: z.int(),
    processed: z.int(),
    ignored: z.int(),
    failed: z.int(),
    waiting: z.int(),
    successRate: ratio,
  }),
  cache,
  inventorySync: z.object({ outcomes, items: z.int(), itemsPerRun: ratio, cache }),
  orderProcessing: outcomes,
  statusPolling: z.object({
    runs: z.int(),
    polled: z.int(),
    changed: z.int(),
    polledPerRun: ratio,
    errorRate: ratio,
    durationMs: timing,
  }),
  api: z.object({
    durationMs: timing,
    errorRate: ratio,
    statuses: z.array(z.object({ status: z.int().nullable(), ...share })),
    tokenRefreshes: z.int(),
    cache,
  }),
});

export type FiguresBody = z.output<typeof figuresBody>;

/** Of a day or a week: there is no queue of then. */
export const summaryBody = figuresBody
  .omit({ queueHealth: true, systemResources: true, securityEvents: true })
  .extend({ errorRates: z.object({ total: ratio, ...errorShares }) });
