import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { createOutageLog, type OutageLog } from '../db/outage-log.js';
import type { LaneRun } from './lane.js';
import { decideOutcome, type LaneOutcome } from './lane-outcome.js';
import { settleable } from './refused-outcome.js';
import { type Settled, settle } from './settle.js';

/** Settles in groups whatever has ended while the last group was under way. Never loses one while the process lives. */
export interface SettleQueue {
  add(run: LaneRun): void;
  /** Stops trying; what is left is another instance's. */
  stop(): void;
}

export interface SettleQueueDeps {
  pool: pg.Pool;
  instanceId(): number;
  /** Called after the commit with what was settled; `stale` ones were taken over by another instance. */
  onSettled(settled: LaneOutcome[], stale: LaneOutcome[], answer: Settled): void;
  log: Logger;
}

/** Events. Large, since what a commit costs is shared; one group at a time, since two only compete for the same pages. */
const LARGEST_GROUP = 3000;
const LOCKED_PAUSE_MS = 2;
const AWAY_PAUSE_MS = 200;

export function createSettleQueue(deps: SettleQueueDeps): SettleQueue {
  const outage = createOutageLog(deps.log, 'Storing outcomes, which are kept,');
  const waiting: LaneOutcome[] = [];
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
      waiting.push(decideOutcome(run));
      // After this turn of the loop, so that all calls which end in it share one statement.
      if (!running) setImmediate(() => !running && void flush());
    },
    stop: () => {
      stopped = true;
    },
  };
}

/** How many of the first outcomes make a group. */
function groupSize(waiting: readonly LaneOutcome[]): number {
  let size = 0;
  for (let events = 0; size < waiting.length && events < LARGEST_GROUP; size++)
    events += waiting[size]?.eventRows.length ?? 0;
  return size;
}

/** Answers what has to be settled again. */
async function settleGroup(deps: SettleQueueDeps, outage: OutageLog, group: LaneOutcome[]): Promise<LaneOutcome[]> {
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
    if (group.length === 1) return group.map((one) => settleable(deps.log, one, error));
    const middle = group.length >> 1;
    const halves = [group.slice(0, middle), group.slice(middle)];
    const again: LaneOutcome[] = [];
    for (const half of halves) again.push(...(await settleGroup(deps, outage, half)));
    return again;
  }
}

async function sortOut(deps: SettleQueueDeps, group: LaneOutcome[], answer: Settled): Promise<LaneOutcome[]> {
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
