import { parse } from 'graphql';
import { type HealthData, STATE, type StatisticsData } from './integration-operations.js';
import type { MetricsData } from './metrics-bodies.js';

const SHARED = `fragment Timing on Timing { count averageMs p50Ms p95Ms p99Ms }
fragment Cache on CacheUse { hits misses hitRate }
fragment Outcomes on SyncOutcomes {
  attempts success retried failed successRate retryRate errorRate queueWaitMs durationMs { ...Timing }
}
fragment Shared on Figures {
  from to throughputPerMinute
  syncs { ...Outcomes }
  errors { code category count rate }
  errorCategories { category count rate }
  webhooks { received processed ignored failed waiting successRate }
  cache { ...Cache }
  inventorySync { outcomes { ...Outcomes } items itemsPerRun cache { ...Cache } }
  orderProcessing { ...Outcomes }
  statusPolling { runs polled changed polledPerRun errorRate durationMs { ...Timing } }
  api { durationMs { ...Timing } errorRate statuses { status count rate } tokenRefreshes cache { ...Cache } }
}`;

const FIGURES = `${SHARED}
fragment Rates on ErrorRates {
  integrationId connector attempts errorRate errors { code category count rate } errorCategories { category count rate }
}
fragment Figures on Metrics {
  ...Shared
  errorsByIntegration { ...Rates }
  errorsByConnector { ...Rates }
  queue { active retrying deadLetters overdueMs waitingWebhooks oldestWaitingWebhookMs }
  system { instances { instance memoryRatio memoryBytes cpuRatio reportedAt } databaseConnections }
  securityEvents { kind count }
}`;

export const SYSTEM_METRICS = parse(`query RestSystemMetrics {
  ${STATE} syncStatistics { entityType pending success failed retrying total } metrics { ...Figures }
} ${FIGURES}`);

export const INTEGRATION_METRICS = parse(`query RestIntegrationMetrics($id: ID!) {
  ${STATE} metrics: integrationMetrics(integrationId: $id) { ...Figures }
} ${FIGURES}`);

export const SUMMARIES = parse(`query RestMetricSummaries(
  $period: SummaryPeriod!, $from: DateTime, $to: DateTime, $connector: String, $integrationId: ID
) {
  metricSummaries(period: $period, from: $from, to: $to, connector: $connector, integrationId: $integrationId) { ...Shared }
} ${SHARED}`);

export interface IntegrationMetricsData {
  connectorHealth: HealthData[];
  metrics: MetricsData;
}

export interface SystemMetricsData extends IntegrationMetricsData {
  syncStatistics: StatisticsData[];
}
