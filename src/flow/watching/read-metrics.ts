import type { Caller } from '../../access/caller.js';
import { sqlOn } from '../../db/database.js';
import { readSecurityEvents, type SecurityEventCount } from '../../rollup/count-security-events.js';
import { type ErrorRates, readErrorRates } from '../../rollup/error-rates.js';
import { type Figures, figuresOf } from '../../rollup/figures.js';
import { type CoursePoint, readCourse, readRollups } from '../../rollup/read-rollups.js';
import { readSystemLoad, type SystemLoad } from '../../rollup/report-load.js';
import { askedPeriod, type Period } from '../asked-period.js';
import type { Services } from '../services.js';
import { type QueueNow, readQueueNow } from './read-queue-now.js';
import { selectRollups } from './select-rollups.js';

/** Measures of a time, right over all instances and after restarts: they come from the roll-ups. */
export interface MetricsSummary extends Figures, Period {
  integrationId: string | null;
  queue: QueueNow;
  /** Null for a caller of one merchant: it is the hub's own. */
  system: SystemLoad | null;
  /** Null for a caller of one merchant, as `system`. */
  securityEvents: SecurityEventCount[] | null;
  course: CoursePoint[];
  errorsByIntegration: ErrorRates[];
  errorsByConnector: ErrorRates[];
}

export interface MetricsRequest {
  integrationId: string | null;
  /** Name of a connector; null: of any. */
  connector: string | null;
  /** ISO 8601; left out: a day before the end. */
  from: string | null;
  /** Left out: now. */
  to: string | null;
}

const DAY_MS = 86_400_000;

/** @throws HubError NOT_FOUND for an integration that is not there or not the caller's, BAD_USER_INPUT */
export async function readMetrics(
  services: Services,
  caller: Caller,
  request: MetricsRequest,
): Promise<MetricsSummary> {
  const { integrationId } = request;
  const time = askedPeriod(request, DAY_MS);
  const selection = await selectRollups(services, caller, request, time);
  const sql = sqlOn(services.db.pool);
  const ofHub = caller.merchantId === null;
  const [rows, course, rates, queue, system, securityEvents] = await Promise.all([
    readRollups(sql, selection),
    readCourse(sql, selection),
    readErrorRates(sql, selection),
    readQueueNow(services, caller, request),
    ofHub ? readSystemLoad(sql) : null,
    ofHub ? readSecurityEvents(sql, time.from, time.to) : null,
  ]);
  const minutes = (Date.parse(time.to) - Date.parse(time.from)) / 60_000;
  return { integrationId, ...time, queue, system, securityEvents, course, ...rates, ...figuresOf(rows, minutes) };
}
