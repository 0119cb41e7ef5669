import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { createOutageLog, type OutageLog } from '../db/outage-log.js';
import { claim } from './claim.js';
import type { ClaimedLane } from './lane.js';
import type { Targets } from './targets.js';

/** Claims as long as there may be more, one claim at a time. */
export interface ClaimLoop {
  /** Claims now or, while a claim is under way, once more after it. */
  soon(): void;
  /** Starts no further claim. */
  stop(): void;
  isClaiming(): boolean;
}

export interface ClaimLoopDeps {
  pool: pg.Pool;
  targets: Targets;
  instanceId(): number;
  leaseMs: number;
  /** Called with what a claim took, if it took any. */
  onClaimed(lanes: ClaimedLane[]): void;
  /** Called when a claim has left nothing: more comes only with time. */
  onNothingLeft(): void;
  log: Logger;
}

const AWAY_PAUSE_MS = 200;

export function createClaimLoop(deps: ClaimLoopDeps): ClaimLoop {
  const outage = createOutageLog(deps.log, 'Claiming work');
  let wanted = false;
  let claiming = false;
  let stopped = false;
  const claimAll = async () => {
    claiming = true;
    while (wanted && !stopped) {
      wanted = false;
      try {
        if (await claimOnce(deps, outage)) wanted = true;
      } catch (error) {
        outage.failed(error);
        await sleep(AWAY_PAUSE_MS);
        wanted = true;
      }
    }
    claiming = false;
    if (!deps.targets.isHungry()) deps.onNothingLeft();
  };
  return {
    soon: () => {
      wanted = true;
      if (!claiming && !stopped) void claimAll();
    },
    stop: () => {
      stopped = true;
    },
    isClaiming: () => claiming,
  };
}

/** Answers whether there may be more. */
async function claimOnce(deps: ClaimLoopDeps, outage: OutageLog): Promise<boolean> {
  const { pool, targets, leaseMs } = deps;
  const room = targets.wanted();
  if (room.length === 0) return false;
  const lanes = await claim(pool, room, deps.instanceId(), leaseMs);
  outage.worked();
  targets.claimed(room, lanes);
  if (lanes.length > 0) deps.onClaimed(lanes);
  return lanes.length > 0 && targets.isHungry();
}
