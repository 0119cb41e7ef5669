import { parse } from 'graphql';
import type { SyncStatistics } from '../../../../schema/watching/statistics.js';
import type { FiguresBody } from './figures-body.js';
import { type HealthData, STATE } from './health-operations.js';

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

type Same = Pick<
  FiguresBody,
  | 'from'
  | 'to'
  | 'securityEvents'
  | 'webhooks'
  | 'cache'
  | 'inventorySync'
  | 'orderProcessing'
  | 'statusPolling'
  | 'api'
>;

/** What the schema has of them; most of it goes into the answer as it is. */
export interface MetricsData extends Same {
  throughputPerMinute: number;
  syncs: FiguresBody['orderProcessing'];
  errors: FiguresBody['errorRates']['byCode'];
  errorCategories: FiguresBody['errorRates']['byCategory'];
  errorsByIntegration: FiguresBody['errorRates']['byIntegration'];
  errorsByConnector: FiguresBody['errorRates']['byConnector'];
  queue: Omit<FiguresBody['queueHealth'], 'processingMs' | 'queueWaitMs'>;
  system: FiguresBody['systemResources'];
}

export interface IntegrationMetricsData {
  connectorHealth: HealthData[];
  metrics: MetricsData;
}

export interface SystemMetricsData extends IntegrationMetricsData {
  syncStatistics: Omit<SyncStatistics, 'skipped'>[];
}
