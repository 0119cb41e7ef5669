import { checkHealth } from './check-health.js';
import { checkStatus } from './check-status.js';
import type { JobDefinition } from './define.js';
import { evaluateAlerts } from './evaluate-alerts.js';
import { followOrders } from './follow-orders.js';
import { keepTimetables } from './keep-timetables.js';
import { reconcile } from './reconcile.js';
import { removeOldEvents } from './remove-old-events.js';
import { removeOldIdempotencyKeys } from './remove-old-idempotency-keys.js';
import { removeOldWebhooks } from './remove-old-webhooks.js';
import { retryFailed } from './retry-failed.js';
import { rollUpMetrics } from './roll-up-metrics.js';
import { rotateCredentials } from './rotate-credentials.js';
import { sendQueuedOrders } from './send-queued-orders.js';
import { startPulls } from './start-pulls.js';
import { syncSubscriptions } from './sync-subscriptions.js';
import { syncTransactions } from './sync-transactions.js';
import { watchFolders } from './watch-folders.js';

/** Every job of the hub; a new one is added here or it does not exist. */
export const allJobs: readonly JobDefinition[] = [
  checkHealth,
  retryFailed,
  startPulls,
  followOrders,
  watchFolders,
  checkStatus,
  sendQueuedOrders,
  keepTimetables,
  syncTransactions,
  syncSubscriptions,
  reconcile,
  removeOldEvents,
  removeOldWebhooks,
  removeOldIdempotencyKeys,
  rotateCredentials,
  rollUpMetrics,
  evaluateAlerts,
];
