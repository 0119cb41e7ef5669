import type { Caller } from '../access/caller.js';
import { sqlOn } from '../db/database.js';
import { HubError } from '../errors.js';
import { readQueueStates } from '../outbox/queue-states.js';
import { type CoursePoint, type RollupRow, readCourse, readRollups } from '../rollup/read-rollups.js';
import { rollUp } from '../rollup/roll-up.js';
import * as summary from '../rollup/summarise.js';
import { findIntegration } from './find-integration.js';
import type { Services } from './services.js';

/** Measures of a time, right over all instances and after restarts: they come from the roll-ups. */
export interface MetricsSummary {
  integrationId: string | null;
  /** ISO 8601, UTC. */
  from: string;
  to: string;
  syncs: summary.Outcomes;
  errors: summary.ErrorShare[];
  webhooks: WebhookOutcomes;
  queue: QueueNow;
  cache: CacheUse;
  inventorySync: { outcomes: summary.Outcomes; items: number; itemsPerRun: number | null; cache: CacheUse };
  orderProcessing: summary.Outcomes;
  statusPolling: StatusPolling;
  api: ApiPerformance;
  course: CoursePoint[];
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

export interface QueueNow {
  active: number;
  retrying: number;
  deadLetters: number;
  overdueMs: number;
}

export interface StatusPolling {
  runs: number;
  polled: number;
  changed: number;
  polledPerRun: number | null;
  errorRate: number | null;
  durationMs: summary.Timing;
}

export interface MetricsRequest {
  integrationId: string | null;
  /** ISO 8601; left out: a day before the end. */
  from: string | null;
  /** Left out: now. */
  to: string | null;
}

const DAY_MS = 86_400_000;
/** So that an answer knows what happened a moment ago, without waiting for a backlog. */
const CATCH_UP_STEPS = 3;

/** @throws HubError NOT_FOUND for an integration that is not there or not the caller's, BAD_USER_INPUT */
export async function readMetrics(
  services: Services,
  caller: Caller,
  request: MetricsRequest,
): Promise<MetricsSummary> {
  const { integrationId } = request;
  if (integrationId !== null) await findIntegration(services, caller, integrationId, ['integrationId']);
  const time = timeOf(request);
  await services.tally.flush();
  await rollUp(services.db, CATCH_UP_STEPS);
  const sql = sqlOn(services.db.pool);
  const selection = { integrationId, merchantId: caller.merchantId, ...time };
  const [rows, course, queue] = await Promise.all([
    readRollups(sql, selection),
    readCourse(sql, selection),
    readQueueNow(services, caller, integrationId),
  ]);
  return { integrationId, ...time, queue, course, ...summarise(rows) };
}

function timeOf({ from, to }: MetricsRequest): { from: string; to: string } {
  const end = to === null ? Date.now() : Date.parse(to);
  const begin = from === null ? end - DAY_MS : Date.parse(from);
  if (begin >= end) throw new HubError('BAD_USER_INPUT', '`from` must be before `to`.', { path: ['from'] });
  return { from: new Date(begin).toISOString(), to: new Date(end).toISOString() };
}

async function readQueueNow(services: Services, caller: Caller, integrationId: string | null): Promise<QueueNow> {
  const own = new Set(
    caller.merchantId === null ? [] : (await services.integrations.byMerchant(caller.merchantId)).map(({ id }) => id),
  );
  const states = (await readQueueStates(services.db.pool)).filter(
    (state) =>
      (integrationId === null || state.integrationId === integrationId) &&
      (caller.merchantId === null || own.has(state.integrationId)),
  );
  const sum = (read: (state: (typeof states)[number]) => number) => states.reduce((all, one) => all + read(one), 0);
  return {
    active: sum(({ active }) => active),
    retrying: sum(({ retrying }) => retrying),
    deadLetters: sum(({ deadLetters }) => deadLetters),
    overdueMs: Math.round(Math.max(0, ...states.map(({ overdueMs }) => overdueMs))),
  };
}

function summarise(rows: readonly RollupRow[]) {
  const attempts = rows.filter(({ source }) => source === 'ATTEMPT');
  const inventory = attempts.filter(({ entityType }) => entityType === 'INVENTORY');
  const orders = attempts.filter(({ entityType, operation }) => entityType === 'ORDER' && operation !== 'QUERY');
  const syncs = summary.outcomesOf(attempts);
  const items = countOf(rows, 'inventory.items');
  const [products, stock] = [cacheUseOf(rows, 'cache'), cacheUseOf(rows, 'stock-cache')];
  const cache = cacheUse(products.hits + stock.hits, products.misses + stock.misses);
  return {
    syncs,
    errors: summary.errorsOf(attempts),
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
    processed,
    ignored,
    failed,
    waiting,
    successRate: summary.share(good, good + failed),
  };
}

function countOf(rows: readonly RollupRow[], name: string): number {
  return summary.total(rows.filter(({ source, operation }) => source === 'COUNT' && operation === name));
}
