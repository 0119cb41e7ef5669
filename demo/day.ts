import { type AcknowledgedOrder, placeOrders } from './orders.js';
import { readSyncEvents, type SyncEventLine, untilSettled } from './settled.js';
import type { Stage } from './stage.js';
import { type Watcher, watch } from './watcher.js';

/** What the day came to. */
export interface DayFigures {
  acknowledged: number;
  delivered: number;
  /** Acknowledged orders that the portal does not have. */
  lost: number;
  /** Orders that the portal made more than once. */
  duplicates: number;
  retried: number;
  redriven: number;
  dead: number;
  webhooks: number;
  repeatedWebhooks: number;
  lateWebhooks: number;
  changes: number;
  gaps: number;
  repeats: number;
  hubBackMs: number;
  /** From acceptance to delivery of orders placed while nothing was wrong. */
  p50Ms: number;
  p99Ms: number;
}

/** Told of progress: a chapter's title, how much of it is done, of how much, and a word on it. */
export type OnProgress = (title: string, done: number, total: number, note?: string) => void;

const ORDERS_A_CHAPTER = 60;
const SETTLE_TIMEOUT_MS = 90_000;
const STATUSES = ['CONFIRMED', 'PROCESSING', 'SHIPPED'];
const REJECTED = 5;

/** Plays the chapters one after the other on a stage that nothing else uses. */
export async function playDay(stage: Stage, onProgress: OnProgress): Promise<DayFigures> {
  const watcher = await watch(stage);
  const orders: AcknowledgedOrder[] = [];
  const place = async (title: string, prefix: string) => {
    const numbers = Array.from({ length: ORDERS_A_CHAPTER }, (_, i) => `${prefix}-${String(i + 1).padStart(3, '0')}`);
    let done = 0;
    await placeOrders(stage, numbers, (order) => {
      orders.push(order);
      onProgress(title, ++done, ORDERS_A_CHAPTER, 'acknowledged');
    });
  };
  const settle = (title: string) =>
    untilSettled(stage, SETTLE_TIMEOUT_MS, (open) =>
      onProgress(title, ORDERS_A_CHAPTER, ORDERS_A_CHAPTER, `acknowledged, ${open} open`.padEnd(30)),
    );

  await place('Morning: all is well', 'AM');
  await settle('Morning: all is well');
  const quiet = await readSyncEvents(stage, { direction: 'OUTBOUND' });
  await breakPortal(stage);
  await place('Noon: the portal fails and stalls', 'NOON');
  await settle('Noon: the portal fails and stalls');
  const evening = place('Afternoon: power cuts', 'PM');
  const hubBackMs = await stage.killHub();
  stage.killDatabase();
  await evening;
  await stage.portal.control.clearFaults();
  await settle('Afternoon: power cuts');
  const redriven = await rejectAndRedrive(stage, onProgress);
  await bringStatusBack(stage, onProgress);
  await untilSettled(stage, SETTLE_TIMEOUT_MS);
  return count(stage, { orders, quiet, hubBackMs, redriven, watcher });
}

async function breakPortal({ portal }: Stage): Promise<void> {
  const often = { count: null, path: '/orders' };
  await portal.control.addFault({ ...often, kind: 'status', status: 503, probability: 0.1 });
  await portal.control.addFault({ ...often, kind: 'status', status: 429, retryAfterSeconds: 1, probability: 0.02 });
  await portal.control.addFault({ ...often, kind: 'hang-up', when: 'after', probability: 0.1 });
  await portal.control.addFault({ ...often, kind: 'latency', ms: 200, probability: 0.2 });
}

/** Some orders are refused for good until the portal is mended; then all dead letters are put back with one mutation. */
async function rejectAndRedrive(stage: Stage, onProgress: OnProgress): Promise<number> {
  const title = 'Evening: refused, then redriven';
  await stage.portal.control.addFault({ kind: 'status', status: 400, count: REJECTED, path: '/orders' });
  const numbers = Array.from({ length: REJECTED }, (_, i) => `EVE-${i + 1}`);
  await placeOrders(stage, numbers, () => {});
  await untilSettled(stage, SETTLE_TIMEOUT_MS);
  onProgress(title, 0, REJECTED, 'dead letters');
  const { redriveSyncEvents } = await stage.user.ask<{ redriveSyncEvents: { affected: number } }>(
    'mutation { redriveSyncEvents(filter: { status: [FAILED], direction: OUTBOUND }) { affected userErrors { message } } }',
  );
  await untilSettled(stage, SETTLE_TIMEOUT_MS);
  // What noon has left for dead is put back with them.
  const { affected } = redriveSyncEvents;
  onProgress(title, affected, affected, 'redriven');
  return affected;
}

/** The portal moves its orders; each status comes back by webhook, some of them twice, some late. */
async function bringStatusBack({ portal }: Stage, onProgress: OnProgress): Promise<void> {
  const title = 'Night: the status comes back';
  const { orders = [] } = await portal.control.state();
  let done = 0;
  for (const { id } of orders.slice(0, ORDERS_A_CHAPTER) as { id: string }[]) {
    const confirmedAt = new Date(Date.now() - 60_000).toISOString();
    for (const status of STATUSES) await portal.control.advance({ id, status, webhook: false });
    await portal.control.sendWebhook({ id, status: 'SHIPPED', times: 2 });
    await portal.control.sendWebhook({ id, status: 'CONFIRMED', timestamp: confirmedAt });
    onProgress(title, ++done, ORDERS_A_CHAPTER, 'shipped');
  }
}

interface Evidence {
  orders: AcknowledgedOrder[];
  quiet: SyncEventLine[];
  hubBackMs: number;
  redriven: number;
  watcher: Watcher;
}

async function count(stage: Stage, evidence: Evidence): Promise<DayFigures> {
  const { orders, quiet, hubBackMs, redriven, watcher } = evidence;
  const events = await readSyncEvents(stage);
  const state = await stage.portal.control.state();
  const made = (state['orders'] ?? []).map((order) => String(order['order_number']));
  const outbound = events.filter(({ direction }) => direction === 'OUTBOUND');
  await untilSeen(watcher, outbound);
  await watcher.stop();
  const webhooks = await countWebhooks(stage);
  const latencies = quiet.map(
    ({ createdAt, processedAt }) => Date.parse(processedAt ?? createdAt) - Date.parse(createdAt),
  );
  return {
    acknowledged: orders.length + REJECTED,
    delivered: outbound.filter(({ status }) => status === 'SUCCESS').length,
    lost: orders.filter(({ number }) => !made.includes(number)).length,
    duplicates: made.length - new Set(made).size,
    retried: outbound.filter(({ retryCount }) => retryCount > 0).length,
    redriven,
    dead: outbound.filter(({ status }) => status === 'FAILED').length,
    webhooks: state.webhooks.length,
    repeatedWebhooks: state.webhooks.length - webhooks.PROCESSED - webhooks.IGNORED,
    lateWebhooks: webhooks.IGNORED,
    changes: watcher.changes,
    gaps: orders.filter(({ id }) => !watcher.seen.has(`order.created ${id}`)).length,
    repeats: watcher.repeats,
    hubBackMs,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

async function countWebhooks(stage: Stage): Promise<{ PROCESSED: number; IGNORED: number }> {
  const { done, ignored } = await stage.user.ask<Record<'done' | 'ignored', { totalCount: number }>>(`query {
    done: webhookEvents(filter: { status: [PROCESSED] }) { totalCount }
    ignored: webhookEvents(filter: { status: [IGNORED] }) { totalCount }
  }`);
  return { PROCESSED: done.totalCount, IGNORED: ignored.totalCount };
}

/** The last change may still be on its way to the watcher when the hub has answered. */
async function untilSeen(watcher: Watcher, outbound: SyncEventLine[]): Promise<void> {
  const deadline = Date.now() + 5_000;
  const last = outbound.map(({ entityId }) => `order.synced ${entityId}`);
  while (Date.now() < deadline && !last.every((name) => watcher.seen.has(name)))
    await new Promise((resolve) => setTimeout(resolve, 50));
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
