import type { DeliveryResult } from '../connectors/connector.js';
import type { Exchange } from '../connectors/upstream/http.js';
import type { ChangeKind } from '../feed/change.js';
import type { SyncEventStatus } from '../model/statuses.js';
import { toJson, toStorable } from '../model/to-json.js';
import { backoffMs, capRetryAfter } from './backoff.js';
import type { Attempt, ClaimedEvent, ClaimedLane, LaneRun } from './lane.js';
import { openAfter } from './try-effect.js';

/** A settled-to-be event, as the statement SETTLE reads it, and what its changes tell. */
export type EventRow = ReturnType<typeof toEventRow>;
/** A settled-to-be lane, as the statement SETTLE reads it. */
export type LaneRow = ReturnType<typeof toLaneRow>;

type Delivered = Extract<DeliveryResult, { kind: 'delivered' }>;

/** What becomes of a lane and its events: rows for the statement SETTLE. */
export interface LaneOutcome {
  lane: ClaimedLane;
  run: LaneRun;
  laneRow: LaneRow;
  eventRows: EventRow[];
}

/** Decides what a run comes to. A policy decides when to try again and when to give up. */
export function decideOutcome(run: LaneRun): LaneOutcome {
  const tried = run.attempts.map((attempt) => toEventRow(run.lane, attempt));
  const last = tried.at(-1);
  return {
    lane: run.lane,
    run,
    laneRow: toLaneRow(run, last),
    eventRows: [
      ...tried,
      ...run.untried.filter(({ started }) => started).map((event) => toUntriedRow(run.lane, event)),
    ],
  };
}

function toLaneRow(run: LaneRun, last: EventRow | undefined) {
  const { lane, attempts } = run;
  const delivered = attempts.filter(({ result }) => result.kind === 'delivered');
  const failure = attempts.at(-1)?.result;
  return {
    id: lane.id,
    token: lane.token,
    head: String(newHead(lane, attempts, last)),
    action: last?.status === 'FAILED' ? 'PARK' : last?.status === 'RETRYING' || run.pauseMs !== null ? 'WAIT' : 'GO_ON',
    delay_ms: last?.delay_ms ?? run.pauseMs,
    integration: lane.target.integrationId,
    merchant: lane.events[0]?.merchantId ?? null,
    tried: attempts.length > 0,
    synced: delivered.length > 0,
    external_id: learned(attempts, 'externalId'),
    external_number: learned(attempts, 'externalNumber'),
    open_create: openCreate(run),
    error: last?.message ?? null,
    answered: attempts.some(({ result }) => isAnswer(result)),
    failed: failure !== undefined && isFailure(failure),
    hold_ms: failure?.kind === 'retry' && isRateLimit(failure) ? capRetryAfter(failure.retryAfterMs) : null,
  };
}

/** A dead letter stands right behind the head, also where an event before it has left the lane. */
function newHead(lane: ClaimedLane, attempts: Attempt[], last: EventRow | undefined): bigint {
  const end = attempts.at(-1);
  if (!end) return lane.head;
  if (last?.status === 'SUCCESS') return end.event.seq;
  if (last?.status === 'FAILED') return end.event.seq - 1n;
  return attempts.at(-2)?.event.seq ?? lane.head;
}

/** The newest answer that gave one. */
function learned(attempts: Attempt[], field: 'externalId' | 'externalNumber'): string | null {
  for (const { result, repeated } of attempts.toReversed())
    for (const answer of [result, repeated])
      if (answer?.kind === 'delivered' && answer[field] !== null) return toStorable(answer[field]);
  return null;
}

/** Null where there is nothing to write, which is the rule. */
function openCreate({ lane, attempts }: LaneRun): string | null {
  const last = attempts.at(-1);
  if (!last || (last.result.kind === 'delivered' && lane.openCreate === null)) return null;
  return openAfter(last);
}

const isRateLimit = (result: DeliveryResult) =>
  result.kind === 'retry' && (result.httpStatus === 429 || result.code === 'UPSTREAM_RATE_LIMITED');
/** The upstream is alive: also where it said no, or asked for patience. */
const isAnswer = (result: DeliveryResult) =>
  result.kind === 'delivered' || (result.kind === 'rejected' && result.httpStatus !== null) || isRateLimit(result);
/** Counts towards opening the circuit. */
const isFailure = (result: DeliveryResult) => result.kind === 'retry' && !isRateLimit(result);

function toEventRow(lane: ClaimedLane, attempt: Attempt) {
  const { event, result, exchanges, startedAt, durationMs } = attempt;
  const answer = result.kind === 'delivered' ? result : null;
  const problem = result.kind === 'delivered' ? null : result;
  const delayMs = retryDelayMs(lane, attempt);
  const last = exchanges.at(-1);
  const status = answer ? 'SUCCESS' : delayMs === null ? 'FAILED' : 'RETRYING';
  return {
    id: event.id,
    lane: lane.id,
    status: status as SyncEventStatus,
    attempt: event.attempt,
    tried: true,
    outcome: answer ? 'DELIVERED' : problem?.kind === 'retry' ? 'RETRY' : 'REJECTED',
    started: startedAt.toISOString() as string | null,
    duration_ms: durationMs,
    request: toJsonOrNull(describeRequest(exchanges)),
    response: toJsonOrNull(last?.response ?? (last?.error ? { error: last.error } : null)),
    http_status: problem?.httpStatus ?? last?.response?.status ?? null,
    code: problem?.code ?? null,
    message: problem && toStorable(problem.message),
    external_id: storableOrNull(answer?.externalId) ?? attempt.externalIdBefore,
    delay_ms: delayMs,
    begunFrom: event.started ? null : event.previous,
    change: answer ? syncedChange(event) : null,
    data: answer && toJson(syncedData(answer, attempt.externalIdBefore)),
  };
}

const toJsonOrNull = (value: unknown) => (value ? toJson(value) : null);
const storableOrNull = (text: string | null | undefined) => (text ? toStorable(text) : null);

/** Null: there is no further try. */
function retryDelayMs({ target }: ClaimedLane, { event, result }: Attempt): number | null {
  const used = event.attempt - event.forgiven;
  if (result.kind !== 'retry' || used >= event.maxAttempts) return null;
  return backoffMs(target.policy, used, result.retryAfterMs);
}

/** The attempt is taken back: nothing was sent. */
function toUntriedRow(lane: ClaimedLane, event: ClaimedEvent): EventRow {
  const status = event.previous === 'PENDING' ? 'PENDING' : 'RETRYING';
  return {
    id: event.id,
    lane: lane.id,
    status,
    attempt: event.attempt - 1,
    tried: false,
    delay_ms: 0,
    ...UNTRIED,
  };
}

const UNTRIED = {
  outcome: 'RETRY',
  started: null,
  duration_ms: 0,
  request: null,
  response: null,
  http_status: null,
  code: null,
  message: null,
  external_id: null,
  begunFrom: null,
  change: null,
  data: null,
};

/** Stock is told of row by row, by whoever writes it. */
function syncedChange({ entityType }: ClaimedEvent): ChangeKind | null {
  if (entityType === 'PRODUCT' || entityType === 'INVENTORY' || entityType === 'INTEGRATION') return null;
  return `${entityType.toLowerCase() as Lowercase<typeof entityType>}.synced`;
}

/** Fields of the domain event. */
function syncedData(answer: Delivered, externalIdBefore: string | null) {
  const action = externalIdBefore === null ? 'created' : 'updated';
  return { action, externalId: answer.externalId ?? externalIdBefore, externalNumber: answer.externalNumber };
}

/** The last request, which made the outcome, with a line for each exchange before it. */
function describeRequest(exchanges: Exchange[]) {
  const last = exchanges.at(-1);
  if (!last || exchanges.length === 1) return last?.request ?? null;
  const earlier = exchanges.slice(0, -1).map(({ request, response }) => ({
    method: request.method,
    url: request.url,
    status: response?.status ?? null,
  }));
  return { ...last.request, earlier };
}
