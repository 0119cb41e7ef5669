import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { sqlOn } from '../../db/database.js';
import { HubError } from '../../errors.js';
import { readWaitingWebhooks } from '../../inbox/waiting-webhooks.js';
import { readQueueStates } from '../../outbox/queue-states.js';
import { readSecurityEvents, type SecurityEventCount } from '../../rollup/count-security-events.js';
import { type ErrorRates, readErrorRates } from '../../rollup/error-rates.js';
import { type Figures, figuresOf } from '../../rollup/figures.js';
import { type CoursePoint, type RollupSelection, readCourse, readRollups } from '../../rollup/read-rollups.js';
import { readSystemLoad, type SystemLoad } from '../../rollup/report-load.js';
import { rollUp } from '../../rollup/roll-up.js';
import { hiddenFrom } from '../access/require-access.js';
import { checkInput, text } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import type { Services } from '../services.js';

/** Measures of a time, right over all instances and after restarts: they come from the roll-ups. */
export interface MetricsSummary extends Figures {
  integrationId: string | null;
  /** ISO 8601, UTC. */
  from: string;
  to: string;
  queue: QueueNow;
  /** Null for a caller of one merchant: it is the hub's own. */
  system: SystemLoad | null;
  /** Null for a caller of one merchant, as `system`. */
  securityEvents: SecurityEventCount[] | null;
  course: CoursePoint[];
  errorsByIntegration: ErrorRates[];
  errorsByConnector: ErrorRates[];
}

export interface QueueNow {
  active: number;
  retrying: number;
  deadLetters: number;
  overdueMs: number;
  /** Webhook events that wait for their entity, and how long the oldest one does. */
  waitingWebhooks: number;
  oldestWaitingWebhookMs: number;
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

const Named = z.object({ connector: text() });
const DAY_MS = 86_400_000;
/** PostgreSQL does not read ISO 8601's years before it. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
/** So that an answer knows what happened a moment ago, without waiting for a backlog. */
const CATCH_UP_STEPS = 3;

/** @throws HubError NOT_FOUND for an integration that is not there or not the caller's, BAD_USER_INPUT */
export async function readMetrics(
  services: Services,
  caller: Caller,
  request: MetricsRequest,
): Promise<MetricsSummary> {
  const { integrationId } = request;
  const time = timeOf(request, DAY_MS);
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

/** Checks what is asked for, and catches up with what has happened. @throws HubError NOT_FOUND, BAD_USER_INPUT */
export async function selectRollups(
  services: Services,
  caller: Caller,
  { integrationId, connector }: Pick<MetricsRequest, 'integrationId' | 'connector'>,
  time: { from: string; to: string },
): Promise<RollupSelection> {
  checkInput(Named, { connector });
  if (integrationId !== null) await findIntegration(services, caller, integrationId, ['integrationId']);
  await services.tally.flush();
  await rollUp(services.db, CATCH_UP_STEPS);
  return { integrationId, connector, merchantId: caller.merchantId, hidden: hiddenFrom(services, caller), ...time };
}

/** @param defaultMs how long before the end it begins where nothing is said of it. @throws HubError BAD_USER_INPUT */
export function timeOf(
  { from, to }: Pick<MetricsRequest, 'from' | 'to'>,
  defaultMs: number,
): { from: string; to: string } {
  const end = to === null ? Date.now() : Date.parse(to);
  const begin = from === null ? Math.max(end - defaultMs, EARLIEST) : Date.parse(from);
  if (begin >= end) throw new HubError('BAD_USER_INPUT', '`from` must be before `to`.', { path: ['from'] });
  return { from: new Date(begin).toISOString(), to: new Date(end).toISOString() };
}

async function readQueueNow(services: Services, caller: Caller, request: MetricsRequest): Promise<QueueNow> {
  const own = new Set(
    caller.merchantId === null ? [] : (await services.integrations.byMerchant(caller.merchantId)).map(({ id }) => id),
  );
  const hidden = hiddenFrom(services, caller);
  const isWanted = ({ integrationId, connector }: { integrationId: string; connector: string }) =>
    (request.integrationId === null || integrationId === request.integrationId) &&
    (request.connector === null || connector === request.connector) &&
    (caller.merchantId === null || own.has(integrationId)) &&
    !hidden.includes(connector);
  const states = (await readQueueStates(sqlOn(services.db.pool))).filter(isWanted);
  const waiting = (await readWaitingWebhooks(sqlOn(services.db.pool))).filter(isWanted);
  const sum = (read: (state: (typeof states)[number]) => number) => states.reduce((all, one) => all + read(one), 0);
  return {
    active: sum(({ active }) => active),
    retrying: sum(({ retrying }) => retrying),
    deadLetters: sum(({ deadLetters }) => deadLetters),
    overdueMs: Math.round(Math.max(0, ...states.map(({ overdueMs }) => overdueMs))),
    waitingWebhooks: waiting.reduce((all, { count }) => all + count, 0),
    oldestWaitingWebhookMs: Math.round(Math.max(0, ...waiting.map(({ oldestMs }) => oldestMs))),
  };
}
