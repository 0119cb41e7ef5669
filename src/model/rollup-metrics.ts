import type { MetricDefinition } from './metric-definitions.js';

const PER_INTEGRATION = ['integration', 'connector'];

/** What the schema has at `field`, of the last hour. A name that ends in `_seconds` tells milliseconds as seconds. */
const ofLastHour = (name: string, field: string, help: string, more: readonly string[] = []): MetricDefinition => ({
  name: `syncline_${name}`,
  kind: 'GAUGE',
  help: `${help} Over the last hour.`,
  labels: [...PER_INTEGRATION, ...more],
  field: `metrics.${field}`,
});

/** The same of all integrations of a connector. */
const ofConnector = (name: string, field: string, help: string, more: readonly string[] = []): MetricDefinition => ({
  ...ofLastHour(`connector_${name}`, field, help),
  labels: ['connector', ...more],
  field: `metrics(connector:).${field}`,
});

/** Measures from the roll-ups, right over all instances and restarts; a list has a series for each item, of its `rate`. */
export const ROLLUP_METRICS: readonly MetricDefinition[] = [
  ofLastHour('sync_success_ratio', 'syncs.successRate', 'Share of sync events that ended well, of those that ended.'),
  ofLastHour('sync_error_ratio', 'syncs.errorRate', 'Share of attempts that did not succeed.'),
  ofLastHour('sync_retry_ratio', 'syncs.retryRate', 'Share of attempts that are tried again.'),
  ofLastHour('sync_duration_average_seconds', 'syncs.durationMs.averageMs', 'Average time of an attempt.'),
  ofLastHour('sync_queue_wait_seconds', 'syncs.queueWaitMs', 'Average time from acceptance to the first attempt.'),
  ofLastHour('sync_throughput_per_minute', 'throughputPerMinute', 'Sync events that ended well, by the minute.'),
  ofLastHour('error_ratio', 'errors', 'Share of attempts that ended with an error code.', ['code', 'category']),
  ofLastHour('error_category_ratio', 'errorCategories', 'Share of attempts by category of error.', ['category']),
  ofConnector('sync_success_ratio', 'syncs.successRate', 'Share of sync events that ended well, of those that ended.'),
  ofConnector('sync_error_ratio', 'syncs.errorRate', 'Share of attempts that did not succeed.'),
  ofConnector('error_ratio', 'errors', 'Share of attempts that ended with an error code.', ['code', 'category']),
  ofConnector('error_category_ratio', 'errorCategories', 'Share of attempts by category of error.', ['category']),
  ofLastHour('webhook_success_ratio', 'webhooks.successRate', 'Share of webhooks that were applied or of no concern.'),
  ofLastHour('cache_hits', 'cache.hits', 'Reads that a cache has answered.'),
  ofLastHour('cache_misses', 'cache.misses', 'Reads that a cache could not answer.'),
  ofLastHour('cache_hit_ratio', 'cache.hitRate', 'Share of reads that a cache has answered.'),
  ofLastHour(
    'inventory_sync_success_ratio',
    'inventorySync.outcomes.successRate',
    'Share of stock syncs that went well.',
  ),
  ofLastHour('inventory_sync_failed', 'inventorySync.outcomes.failed', 'Stock syncs that failed for good.'),
  ofLastHour('inventory_sync_items', 'inventorySync.items', 'Stock levels that were read.'),
  ofLastHour('inventory_sync_items_per_run', 'inventorySync.itemsPerRun', 'Stock levels that a sync has read.'),
  ofLastHour(
    'inventory_sync_duration_seconds',
    'inventorySync.outcomes.durationMs.averageMs',
    'Average time of a stock sync.',
  ),
  ofLastHour(
    'inventory_sync_cache_hit_ratio',
    'inventorySync.cache.hitRate',
    'Share of reads of stock that the hub’s fresh copy has answered.',
  ),
  ofLastHour('order_success_ratio', 'orderProcessing.successRate', 'Share of orders that a system took.'),
  ofLastHour(
    'order_retry_ratio',
    'orderProcessing.retryRate',
    'Share of attempts to send an order that are tried again.',
  ),
  ofLastHour('order_failed', 'orderProcessing.failed', 'Orders that a system refused for good.'),
  ofLastHour('order_queue_wait_seconds', 'orderProcessing.queueWaitMs', 'Average time that an order waits to be sent.'),
  ofLastHour('order_duration_seconds', 'orderProcessing.durationMs.averageMs', 'Average time to send an order.'),
  ofLastHour('status_polling_runs', 'statusPolling.runs', 'Times that a system was asked for statuses.'),
  ofLastHour('status_polling_per_run', 'statusPolling.polledPerRun', 'Orders and invoices asked for at a time.'),
  ofLastHour('status_polling_changed', 'statusPolling.changed', 'Statuses that had changed.'),
  ofLastHour('status_polling_error_ratio', 'statusPolling.errorRate', 'Share of status checks that failed.'),
  ofLastHour(
    'status_polling_duration_seconds',
    'statusPolling.durationMs.averageMs',
    'Average time of a status check.',
  ),
  ofLastHour(
    'api_error_ratio',
    'api.errorRate',
    'Share of requests to a system without an answer, or with one of 400 and above.',
  ),
  ofLastHour(
    'api_status_ratio',
    'api.statuses',
    'Share of requests by the HTTP status that answered; none: no answer.',
    ['status'],
  ),
  ofLastHour('api_latency_p50_seconds', 'api.durationMs.p50Ms', 'Half of the requests are faster.'),
  ofLastHour('api_latency_p95_seconds', 'api.durationMs.p95Ms', 'All but a twentieth of the requests are faster.'),
  ofLastHour('api_latency_p99_seconds', 'api.durationMs.p99Ms', 'All but a hundredth of the requests are faster.'),
  ofLastHour('api_token_refreshes', 'api.tokenRefreshes', 'Sign-ins for an access token.'),
];
