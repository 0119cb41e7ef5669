import type { RollupRow } from './read-rollups.js';
import * as summary from './summarise.js';

/** What roll-ups of a time say; the schema and Prometheus tell the same. */
export interface Figures {
  syncs: summary.Outcomes;
  /** Sync events that ended well, by the minute. */
  throughputPerMinute: number;
  errors: summary.ErrorShare[];
  errorCategories: summary.CategoryShare[];
  webhooks: WebhookOutcomes;
  cache: CacheUse;
  inventorySync: { outcomes: summary.Outcomes; items: number; itemsPerRun: number | null; cache: CacheUse };
  orderProcessing: summary.Outcomes;
  statusPolling: StatusPolling;
  api: ApiPerformance;
}

export interface WebhookOutcomes {
  /** Events that came, repetitions left out. */
  received: number;
  processed: number;
  ignored: number;
  failed: number;
  /** Came before their entity. Those that were applied since count as processed too. */
  waiting: number;
  successRate: number | null;
}

export interface StatusPolling {
  runs: number;
  polled: number;
  changed: number;
  polledPerRun: number | null;
  errorRate: number | null;
  durationMs: summary.Timing;
}

export interface CacheUse {
  hits: number;
  misses: number;
  hitRate: number | null;
}

/** Every request to the systems. */
export interface ApiPerformance {
  durationMs: summary.Timing;
  /** Without an answer, or one of 400 and above. */
  errorRate: number | null;
  statuses: summary.StatusShare[];
  /** Sign-ins for an access token. */
  tokenRefreshes: number;
  cache: CacheUse;
}

/** @param minutes how long the time is that the rows are of */
export function figuresOf(rows: readonly RollupRow[], minutes: number): Figures {
  const attempts = rows.filter(({ source }) => source === 'ATTEMPT');
  const inventory = attempts.filter(({ entityType }) => entityType === 'INVENTORY');
  const orders = attempts.filter(({ entityType, operation }) => entityType === 'ORDER' && operation !== 'QUERY');
  const syncs = summary.outcomesOf(attempts);
  const items = countOf(rows, 'inventory.items');
  const [products, stock] = [cacheUseOf(rows, 'cache'), cacheUseOf(rows, 'stock-cache')];
  const cache = cacheUse(products.hits + stock.hits, products.misses + stock.misses);
  return {
    syncs,
    throughputPerMinute: Math.round((1000 * syncs.success) / minutes) / 1000,
    errors: summary.errorsOf(attempts),
    errorCategories: summary.categoriesOf(attempts),
    webhooks: webhooksOf(rows.filter(({ source }) => source === 'WEBHOOK')),
    cache,
    inventorySync: inventorySyncOf(summary.outcomesOf(inventory), items, stock),
    orderProcessing: summary.outcomesOf(orders),
    statusPolling: statusPollingOf(rows),
    api: apiPerformanceOf(rows, cache),
  };
}

function inventorySyncOf(outcomes: summary.Outcomes, items: number, cache: CacheUse) {
  return { outcomes, items, itemsPerRun: summary.share(items, outcomes.success), cache };
}

function apiPerformanceOf(rows: readonly RollupRow[], cache: CacheUse): ApiPerformance {
  const calls = rows.filter(({ source }) => source === 'CALL');
  const { durationMs, errorRate } = summary.outcomesOf(calls);
  const statuses = summary.httpStatusesOf(calls);
  return { durationMs, errorRate, statuses, tokenRefreshes: countOf(rows, 'token.refresh'), cache };
}

function cacheUseOf(rows: readonly RollupRow[], name: string): CacheUse {
  return cacheUse(countOf(rows, `${name}.hit`), countOf(rows, `${name}.miss`));
}

function cacheUse(hits: number, misses: number): CacheUse {
  return { hits, misses, hitRate: summary.share(hits, hits + misses) };
}

function statusPollingOf(rows: readonly RollupRow[]): StatusPolling {
  const runs = rows.filter(({ source, operation }) => source === 'RUN' && operation === 'check-status');
  const { attempts, errorRate, durationMs } = summary.outcomesOf(runs);
  const polled = countOf(rows, 'check-status.polled');
  const changed = countOf(rows, 'check-status.changed');
  return { runs: attempts, polled, changed, polledPerRun: summary.share(polled, attempts), errorRate, durationMs };
}

function webhooksOf(rows: readonly RollupRow[]): WebhookOutcomes {
  const of = (outcome: string) => summary.total(rows.filter((row) => row.outcome === outcome));
  const [processed, ignored, failed, waiting] = [of('PROCESSED'), of('IGNORED'), of('FAILED'), of('WAITING')];
  const good = processed + ignored;
  return {
    received: summary.total(rows),
    ...{ processed, ignored, failed, waiting },
    successRate: summary.share(good, good + failed),
  };
}

function countOf(rows: readonly RollupRow[], name: string): number {
  return summary.total(rows.filter(({ source, operation }) => source === 'COUNT' && operation === name));
}
