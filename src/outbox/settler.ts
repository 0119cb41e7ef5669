import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { createOutageLog, type OutageLog } from '../db/outage-log.js';
import type { LaneRun } from './lane.js';
import { type Settled, settle } from './settle.js';
import { decide, type Settlement } from './settlement.js';

/** Settles in groups whatever has ended while the last group was under way. Never loses one while the process lives. */
export interface Settler {
  add(run: LaneRun): void;
  /** Stops trying; what is left is another instance's. */
  stop(): void;
}

export interface SettlerDeps {
  pool: pg.Pool;
  instanceId(): number;
  /** Called after the commit with what was settled; `stale` ones were taken over by another instance. */
  onSettled(settled: Settlement[], stale: Settlement[], answer: Settled): void;
  log: Logger;
}

/** Events. Large, since what a commit costs is shared; one group at a time, since two only compete for the same pages. */
const LARGEST_GROUP = 3000;
const LOCKED_PAUSE_MS = 2;
const AWAY_PAUSE_MS = 200;

export function createSettler(deps: SettlerDeps): Settler {
  const outage = createOutageLog(deps.log, 'Storing outcomes, which are kept,');
  const waiting: Settlement[] = [];
  let running = false;
  let stopped = false;
  const flush = async () => {
    running = true;
    while (waiting.length > 0 && !stopped) {
      const group = waiting.splice(0, groupSize(waiting));
      waiting.push(...(await settleGroup(deps, outage, group)));
    }
    running = false;
  };
  return {
    add: (run) => {
      waiting.push(decide(run));
      // After this turn of the loop, so that all calls which end in it share one statement.
      if (!running) setImmediate(() => !running && void flush());
    },
    stop: () => {
      stopped = true;
    },
  };
}

/** How many of the first settlements make a group. */
function groupSize(waiting: readonly Settlement[]): number {
  let size = 0;
  for (let events = 0; size < waiting.length && events < LARGEST_GROUP; size++)
    events += waiting[size]?.eventRows.length ?? 0;
  return size;
}

/** Answers what has to be settled again. */
async function settleGroup(deps: SettlerDeps, outage: OutageLog, group: Settlement[]): Promise<Settlement[]> {
  try {
    const answer = await settle(deps.pool, group, deps.instanceId());
    outage.worked();
    return await sortOut(deps, group, answer);
  } catch (error) {
    if (!isBadData(error)) {
      outage.failed(error);
      await sleep(AWAY_PAUSE_MS);
      return group;
    }
    if (group.length === 1) return group.map((one) => withoutLearnedId(one) ?? withoutExternalId(deps.log, one, error));
    const middle = group.length >> 1;
    const halves = [group.slice(0, middle), group.slice(middle)];
    const again: Settlement[] = [];
    for (const half of halves) again.push(...(await settleGroup(deps, outage, half)));
    return again;
  }
}

async function sortOut(deps: SettlerDeps, group: Settlement[], answer: Settled): Promise<Settlement[]> {
  const settled = new Set(answer.settled);
  const stale = new Set(answer.stale);
  const locked = group.filter(({ lane }) => !settled.has(lane.id) && !stale.has(lane.id));
  deps.onSettled(
    group.filter(({ lane }) => settled.has(lane.id)),
    group.filter(({ lane }) => stale.has(lane.id)),
    answer,
  );
  if (locked.length > 0) await sleep(LOCKED_PAUSE_MS);
  return locked;
}

/** Class 22 and 23: the values themselves were refused, and would be again. */
const isBadData = (error: unknown) => error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '');

/** Taken all the same where the upstream's ids may repeat: the link does without. Null: that is not the case. */
function withoutLearnedId(settlement: Settlement): Settlement | null {
  const { laneRow, run } = settlement;
  const mayRepeat = run.attempts.some(({ result }) => result.kind === 'delivered' && result.idMayRepeat);
  if (laneRow.external_id === null || !mayRepeat) return null;
  return { ...settlement, laneRow: { ...laneRow, external_id: null } };
}

/**
 * An upstream that gives one id to two entities must not stop everything: the event becomes a dead letter that says so,
 * and what else the upstream answered is left out.
 */
function withoutExternalId(log: Logger, { lane, run, laneRow, eventRows }: Settlement, error: unknown): Settlement {
  log.error(
    { err: error, laneId: lane.id, integrationId: laneRow.integration },
    'An outcome was refused by the database',
  );
  const tried = eventRows.filter((row) => row.tried);
  const last = tried.at(-1) ?? eventRows[0];
  const message = `The upstream's answer cannot be kept (external id ${laneRow.external_id ?? 'none'}): it may belong to another entity already. Check it there, then redrive or skip.`;
  return {
    lane,
    run,
    laneRow: {
      ...laneRow,
      action: 'PARK',
      external_id: null,
      external_number: null,
      synced: false,
      error: message,
      head: headBefore(lane, last?.id),
    },
    eventRows: eventRows.map((row) => ({
      ...row,
      external_id: null,
      external_number: null,
      request: null,
      response: null,
      change: null,
      data: null,
      ...(row.id === last?.id ? { status: 'FAILED', code: 'UPSTREAM_CONFLICT', message } : {}),
    })),
  };
}

function headBefore(lane: Settlement['lane'], eventId: string | undefined): string {
  const event = lane.events.find(({ id }) => id === eventId);
  return String(event ? event.seq - 1n : lane.head);
}
