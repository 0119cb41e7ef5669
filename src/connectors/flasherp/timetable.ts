import type { Timetable } from '../connector.js';
import { every } from '../schedule.js';
import type { FlashErpSettings } from './settings.js';

const HOUR_S = 3600;

/** When a FlashERP integration is synced, compared and asked whether it is well. */
export function timetableOf({ enableAutoSync, syncInterval, timetable }: FlashErpSettings): Timetable {
  const { subscriptions, reconciliation, health } = timetable;
  const transactions = syncInterval === HOUR_S ? '0 * * * *' : every(syncInterval * 1000);
  return {
    SYNC_TRANSACTIONS: enableAutoSync ? transactions : null,
    SYNC_SUBSCRIPTIONS: enableAutoSync ? subscriptions : null,
    RECONCILE: reconciliation,
    CHECK_HEALTH: health,
  };
}
