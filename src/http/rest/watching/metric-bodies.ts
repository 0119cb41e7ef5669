import { z } from 'zod';
import { EntityType } from '../../../model/statuses.js';
import { type FiguresBody, figuresBody, type summaryBody } from './figures-body.js';
import { toUpstreamBody, upstreamBody } from './health-bodies.js';
import type { HealthData } from './health-operations.js';
import type { MetricsData, SystemMetricsData } from './metric-operations.js';

export type SummaryData = Pick<
  MetricsData,
  Exclude<keyof z.output<typeof summaryBody>, 'syncPerformance' | 'errorRates'>
> &
  Pick<MetricsData, 'syncs' | 'throughputPerMinute' | 'errors' | 'errorCategories'>;

export function toSummaryBody(data: SummaryData): z.output<typeof summaryBody> {
  const { syncs, throughputPerMinute, errors, errorCategories, ...others } = data;
  return {
    ...others,
    syncPerformance: { ...syncs, throughputPerMinute },
    errorRates: { total: syncs.errorRate, byCode: errors, byCategory: errorCategories },
  };
}

function toFiguresBody(data: MetricsData): FiguresBody {
  const { queue, system, errorsByIntegration, errorsByConnector, ...others } = data;
  const { errorRates, ...body } = toSummaryBody(others);
  return {
    ...body,
    securityEvents: data.securityEvents,
    errorRates: { ...errorRates, byIntegration: errorsByIntegration, byConnector: errorsByConnector },
    queueHealth: { ...queue, processingMs: data.syncs.durationMs, queueWaitMs: data.syncs.queueWaitMs },
    systemResources: system,
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
