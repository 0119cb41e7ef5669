import { z } from 'zod';
import { CircuitState, EntityType, Health, IntegrationMode, SyncEventStatus } from '../../model/statuses.js';
import { healthBody } from '../health.js';
import type { HealthData, IntegrationData, SystemHealthData } from './integration-operations.js';
import { figuresBody, type MetricsData, toFiguresBody } from './metrics-bodies.js';
import type { SystemMetricsData } from './metrics-operations.js';

const lower = <T extends Record<string, string>>(words: T) => Object.values(words).map((word) => word.toLowerCase());

/** The documented words, in lower case. */
export const typeSchema = z
  .enum(lower(IntegrationMode))
  .transform((word) => word.toUpperCase() as IntegrationMode)
  .meta({ description: 'How it is kept in step.' });

export const integrationBody = z.object({
  id: z.string(),
  merchantId: z.string(),
  name: z.string(),
  type: z.enum(lower(IntegrationMode)),
  connector: z.string(),
  settings: z.record(z.string(), z.unknown()),
  credentialsConfigured: z.boolean().meta({ description: 'Whether there are any; they are never read back.' }),
  enabled: z.boolean(),
  configuredBy: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export function toIntegrationBody({ mode, ...integration }: IntegrationData): z.output<typeof integrationBody> {
  return { ...integration, type: mode.toLowerCase() };
}

export const syncBody = z.object({
  syncEventId: z.string(),
  status: z.enum(SyncEventStatus),
  type: z.enum(lower(EntityType)),
  createdAt: z.string(),
});

export const connectionBody = z.object({
  connected: z.boolean(),
  latencyMs: z.int().nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
});

export const webhookBody = z.object({
  integrationId: z.string(),
  webhookPath: z.string().meta({ description: 'Where the hub takes them, below its own address.' }),
  url: z.string(),
  events: z.array(z.string()),
  keyRequired: z.boolean().meta({ description: 'Registered without a secret: senders must bring `X-API-Key`.' }),
});

const upstreamBody = z.object({
  integrationId: z.string(),
  name: z.string(),
  connector: z.string(),
  status: z.enum(Health),
  circuit: z.enum(CircuitState),
  checkedAt: z.string().nullable(),
  responseTimeMs: z.int().nullable(),
  successRate: z.number().nullable(),
  errorRate: z.number().nullable(),
  queueDepth: z.int(),
  oldestPendingSeconds: z.int().nullable(),
  lastError: z.string().nullable(),
});

export function toUpstreamBody(data: HealthData): z.output<typeof upstreamBody> {
  const { integration, health, latencyMs, successRate, ...rest } = data;
  return {
    ...rest,
    integrationId: integration.id,
    name: integration.name,
    connector: integration.connector,
    status: health,
    responseTimeMs: latencyMs,
    successRate,
    errorRate: successRate === null ? null : Number((1 - successRate).toFixed(4)),
  };
}

export const systemHealthBody = z.object({
  status: z.enum(Health),
  integrations: z.array(upstreamBody),
  queue: z.object({ depth: z.int(), oldestPendingSeconds: z.int().nullable() }),
  ...healthBody.omit({ status: true }).shape,
});

const WORST_FIRST: readonly Health[] = ['DOWN', 'DEGRADED', 'UNKNOWN', 'HEALTHY'];

export function toSystemHealthBody({
  connectorHealth: data,
  systemHealth,
}: SystemHealthData): z.output<typeof systemHealthBody> {
  const { status: own, ...rest } = systemHealth;
  const enabled = data.filter(({ integration }) => integration.enabled);
  const ages = data.flatMap(({ oldestPendingSeconds }) => oldestPendingSeconds ?? []);
  return {
    ...rest,
    status: WORST_FIRST.find((health) => own === health || enabled.some((one) => one.health === health)) ?? 'HEALTHY',
    integrations: data.map(toUpstreamBody),
    queue: {
      depth: data.reduce((depth, { queueDepth }) => depth + queueDepth, 0),
      oldestPendingSeconds: ages.length > 0 ? Math.max(...ages) : null,
    },
  };
}

export const metricsBody = upstreamBody.extend(figuresBody.shape);

export function toMetricsBody(health: HealthData, metrics: MetricsData): z.output<typeof metricsBody> {
  return { ...toUpstreamBody(health), ...toFiguresBody(metrics) };
}

const statisticsBody = z.object({
  entityType: z.enum(EntityType),
  pending: z.int(),
  success: z.int(),
  failed: z.int(),
  retrying: z.int(),
  total: z.int(),
});

export const systemMetricsBody = z.object({
  integrations: z.array(upstreamBody),
  syncEvents: z.array(statisticsBody).meta({ description: 'Of the last 30 days.' }),
  errorRate: z.number().nullable(),
  ...figuresBody.shape,
});

export function toSystemMetricsBody(data: SystemMetricsData): z.output<typeof systemMetricsBody> {
  const { connectorHealth, syncStatistics: statistics, metrics } = data;
  return {
    ...toFiguresBody(metrics),
    integrations: connectorHealth.map(toUpstreamBody),
    syncEvents: statistics,
    errorRate: metrics.syncs.errorRate,
  };
}
