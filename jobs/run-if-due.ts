import type { Logger } from 'pino';
import type { Sql } from '../src/db/database.js';
import { HubError } from '../src/errors.js';
import type { Services } from '../src/flow/services.js';
import type { JobDefinition } from './define.js';
import { type Claim, claimJob, extendLease, finishJob } from './job-rows.js';

export interface RunJobDeps {
  sql: Sql;
  services: Services;
  /** Names this instance in the job's row. */
  owner: string;
  /** How long a dead instance's job stays its own. */
  leaseMs: number;
  /** Aborts when the hub stops. */
  stopping: AbortSignal;
  log: Logger;
}

/** Beats within a lease; a beat may fail, two in a row may not. */
const BEATS = 3;

/**
 * Runs the job once if its row says that it is due; a timer may fire as often as it likes.
 * @param onBeat called a few times within each lease while the run lasts; must not fail
 * @returns whether it was due
 * @throws what the database throws on the claim: nothing was run
 */
export async function runIfDue(
  deps: RunJobDeps,
  definition: JobDefinition,
  onBeat: () => Promise<void>,
): Promise<boolean> {
  const claimedAt = performance.now();
  const claim = await claimJob(deps.sql, definition, deps.owner, deps.leaseMs);
  if (!claim) return false;
  await runClaimed(deps, definition, { ...claim, claimedAt }, onBeat);
  return true;
}

type TimedClaim = Claim & { claimedAt: number };

async function runClaimed(
  deps: RunJobDeps,
  definition: JobDefinition,
  claim: TimedClaim,
  onBeat: () => Promise<void>,
): Promise<void> {
  const log = deps.log.child({ job: definition.name, jobId: `${definition.name}:${claim.token}`, claim: claim.token });
  if (claim.abandoned) log.warn('job taken over from a dead instance');
  let progress: number | null = null;
  const lost = new AbortController();
  const stopBeating = beat(deps, definition, claim, lost, async () => {
    await onBeat();
    return progress;
  });
  const error = await attempt(() =>
    definition.run(deps.services, {
      signal: AbortSignal.any([deps.stopping, lost.signal]),
      progress: (percent) => {
        progress = Math.round(Math.min(100, Math.max(0, percent)));
      },
      asked: claim.asked,
      log,
    }),
  );
  await stopBeating();
  const durationMs = Math.round(performance.now() - claim.claimedAt);
  await finish(deps, definition, claim, { error: textOf(error), durationMs, progress }, log);
  if (error === undefined) log.info({ durationMs }, 'job finished');
  else log.error({ err: error, durationMs }, 'job failed');
}

async function attempt(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error ?? new Error('Unknown');
  }
}

/** Only expected failures are shown to callers as they are; the log has the others. */
function textOf(error: unknown): string | null {
  if (error === undefined) return null;
  return error instanceof HubError ? `${error.code}: ${error.message}` : "INTERNAL: the hub's log has the reason.";
}

/** Extends the lease until told to stop. Whoever cannot extend it in time has lost the job, whatever the reason. */
function beat(
  { sql, leaseMs, log }: RunJobDeps,
  { name }: JobDefinition,
  { token, claimedAt }: TimedClaim,
  lost: AbortController,
  report: () => Promise<number | null>,
): () => Promise<void> {
  let leasedAt = claimedAt;
  let beating = Promise.resolve();
  const once = async () => {
    const startedAt = performance.now();
    try {
      if (await extendLease(sql, name, token, leaseMs, await report())) leasedAt = startedAt;
      else lost.abort();
    } catch (err) {
      log.warn({ err, job: name }, 'job lease not extended');
    }
  };
  const timer = setInterval(() => {
    if (performance.now() - leasedAt > leaseMs) lost.abort();
    beating = beating.then(once);
  }, leaseMs / BEATS);
  return async () => {
    clearInterval(timer);
    await beating;
  };
}

/** A database that is away leaves the job to the next claim after the lease: it is repeated, never forgotten. */
async function finish(
  { sql }: RunJobDeps,
  { name }: JobDefinition,
  { token }: Claim,
  end: Parameters<typeof finishJob>[3],
  log: Logger,
): Promise<void> {
  try {
    if (!(await finishJob(sql, name, token, end))) log.warn('job was taken over by another instance');
  } catch (err) {
    log.warn({ err }, 'job end not written; it runs again after its lease');
  }
}
