import type { AlertWatch } from '../alerts/alert-watch.js';
import { auditExchanges } from './audit-exchanges.js';
import { fanOut } from './fan-out.js';
import { logStatus } from './log-status.js';
import { markFailed } from './mark-failed.js';
import { markTaken } from './mark-taken.js';
import { payOut } from './pay-out.js';
import type { Reaction } from './reaction.js';
import { recordTold } from './record-told.js';
import { settleRepairs } from './settle-repairs.js';
import { tellProgress } from './tell-progress.js';
import { voidPayouts } from './void-payouts.js';
import { watchAlerts } from './watch-alerts.js';
import { watchPayments } from './watch-payments.js';

/** Every reaction, one line each, in the order in which they are done. */
export const allReactions = (alerts: AlertWatch): readonly Reaction[] => [
  fanOut,
  payOut,
  voidPayouts,
  markTaken,
  markFailed,
  recordTold,
  settleRepairs,
  auditExchanges,
  tellProgress,
  watchAlerts(alerts),
  watchPayments,
  logStatus,
];
