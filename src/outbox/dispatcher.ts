import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Database } from '../db/database.js';
import { INTEGRATION_CHANGED } from '../db/entities/integration.js';
import type { Notifier } from '../db/notifier.js';
import { createOutageLog, type OutageLog } from '../db/outage-log.js';
import type { EntityType } from '../model/statuses.js';
import { type ClaimLoop, createClaimLoop } from './claim-loop.js';
import { createDueTimer, type DueTimer } from './due-timer.js';
import type { Attempt, ClaimedLane, Deliver, DispatchTarget, LaneRun } from './lane.js';
import type { LaneOutcome } from './lane-outcome.js';
import { extendLeases } from './leases.js';
import { logAttempt } from './log-attempt.js';
import { createPresence, type Presence } from './presence.js';
import { runLane } from './run-lane.js';
import type { Settled } from './settle.js';
import { createSettleQueue, type SettleQueue } from './settle-queue.js';
import { Targets } from './targets.js';

/** The channel on which instances tell each other that there is work. */
export const OUTBOX_CHANNEL = 'syncline_outbox';

export interface DispatcherDeps {
  db: Pick<Database, 'url' | 'queuePool'>;
  notifier: Notifier;
  /**
   * The enabled integrations that can be sent to, as they are now; asked about once a second and as soon as one changes, so
   * answer from memory.
   */
  targets(): Promise<readonly DispatchTarget[]>;
  deliver: Deliver;
  /** Called after each commit that wrote changes. */
  changed(): void;
  /** Called after the commit that made an external id known. */
  onLinked(reference: { integrationId: string; entityType: EntityType; externalId: string }): void;
  /** Called for every attempt as it ends, for metrics. */
  onAttempt?(attempt: Attempt, integrationId: string): void;
  log: Logger;
  /** How long a claim holds without being extended. Default 15 s. */
  leaseMs?: number;
}

/** Sends what the outbox holds. Any number of them share one database. */
export interface Dispatcher {
  /** Resolves once it is registered; claims until it is stopped. */
  start(): Promise<void>;
  /** Claims nothing more, waits at most `drainMs` for the calls under way, and leaves the rest to others. */
  stop(drainMs: number): Promise<void>;
  /** There is, or may be, something to claim: here and, told by the notifier, elsewhere. */
  wake(): void;
}

const LEASE_MS = 15_000;
const POLL_MS = 1000;

export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  return new LaneDispatcher(deps);
}

class LaneDispatcher implements Dispatcher {
  private readonly targets = new Targets(() => this.presence.standing());
  private readonly held = new Set<ClaimedLane>();
  private readonly pool: pg.Pool;
  private readonly presence: Presence;
  private readonly claims: ClaimLoop;
  private readonly dueTimer: DueTimer;
  private readonly settleQueue: SettleQueue;
  private readonly outages: Record<'targets' | 'leases', OutageLog>;
  private readonly leaseMs: number;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly unlisten: (() => void)[] = [];
  private stopping = false;

  constructor(private readonly deps: DispatcherDeps) {
    const { log } = deps;
    this.leaseMs = deps.leaseMs ?? LEASE_MS;
    this.outages = {
      targets: createOutageLog(log, 'Reading the list of integrations'),
      leases: createOutageLog(log, 'Extending leases'),
    };
    this.pool = deps.db.queuePool;
    this.presence = createPresence({ url: deps.db.url, onBuried: () => this.announce(), log });
    const instanceId = () => this.presence.instanceId();
    const { pool, targets } = this;
    this.dueTimer = createDueTimer({ pool, targets, horizonMs: POLL_MS, onDue: () => this.claims.soon() });
    this.claims = createClaimLoop({
      ...{ pool, targets, instanceId, leaseMs: this.leaseMs, log },
      onClaimed: (lanes) => this.send(lanes),
      onNothingLeft: () => this.dueTimer.lookSoon(),
    });
    this.settleQueue = createSettleQueue({
      ...{ pool, instanceId, log },
      onSettled: (settled, stale, answer) => this.afterSettle(settled, stale, answer),
    });
  }

  async start(): Promise<void> {
    await this.presence.start();
    await this.refresh();
    const { notifier } = this.deps;
    this.unlisten.push(notifier.listen(OUTBOX_CHANNEL, () => this.claims.soon()));
    this.unlisten.push(notifier.listen(INTEGRATION_CHANGED, () => void this.poll()));
    this.timers.push(setInterval(() => void this.poll(), POLL_MS));
    this.timers.push(setInterval(() => void this.extend(), this.leaseMs / 4));
    this.claims.soon();
  }

  async stop(drainMs: number): Promise<void> {
    this.stopping = true;
    this.claims.stop();
    this.dueTimer.stop();
    for (const unlisten of this.unlisten) unlisten();
    const deadline = performance.now() + drainMs;
    while ((this.held.size > 0 || this.claims.isClaiming()) && performance.now() < deadline) await sleep(5);
    for (const timer of this.timers) clearInterval(timer);
    this.settleQueue.stop();
    await this.presence.stop(this.held.size === 0);
  }

  wake(): void {
    this.claims.soon();
    this.deps.notifier.notify(OUTBOX_CHANNEL);
  }

  /** Something was reopened or its circuit moved: for the feed too. */
  private announce(): void {
    this.deps.changed();
    this.wake();
  }

  private async poll(): Promise<void> {
    await this.refresh();
    this.claims.soon();
  }

  private async refresh(): Promise<void> {
    try {
      await this.targets.refresh(this.pool, await this.deps.targets());
      this.outages.targets.worked();
    } catch (error) {
      this.outages.targets.failed(error);
    }
  }

  private async extend(): Promise<void> {
    try {
      await extendLeases(this.pool, this.held, this.leaseMs);
      this.outages.leases.worked();
    } catch (error) {
      this.outages.leases.failed(error);
    }
  }

  private send(lanes: ClaimedLane[]): void {
    for (const lane of lanes) void this.run(lane);
    this.deps.changed();
  }

  private async run(lane: ClaimedLane): Promise<void> {
    this.held.add(lane);
    const run = await runLane(lane, this.deps.deliver, () => this.stopping);
    this.settleQueue.add(run);
    this.note(run);
    if (this.targets.called(lane.target, hasFailed(run))) this.claims.soon();
  }

  private note({ lane, attempts, pauseMs }: LaneRun): void {
    if (pauseMs !== null) this.deps.log.warn({ laneId: lane.id }, 'An event could not be tried; its lane rests');
    for (const attempt of attempts) {
      logAttempt(this.deps.log, lane, attempt);
      this.deps.onAttempt?.(attempt, lane.target.integrationId);
    }
  }

  private afterSettle(settled: LaneOutcome[], stale: LaneOutcome[], answer: Settled): void {
    for (const outcome of [...settled, ...stale]) this.release(outcome);
    for (const { lane } of stale) this.deps.log.warn({ laneId: lane.id, token: lane.token }, 'A lane was taken over');
    if (settled.length > 0) this.deps.changed();
    for (const outcome of settled) this.tellLinked(outcome);
    if (answer.circuitChanged.length > 0) this.announce();
    else if (answer.more || this.targets.isHungry()) this.claims.soon();
    else this.dueTimer.lookSoon();
  }

  private release({ lane, run }: LaneOutcome): void {
    this.held.delete(lane);
    this.targets.settled(lane.target, hasFailed(run));
  }

  private tellLinked({ lane, laneRow }: LaneOutcome): void {
    const [event] = lane.events;
    if (lane.externalId !== null || laneRow.external_id === null || !event) return;
    const { integrationId } = lane.target;
    this.deps.onLinked({ integrationId, entityType: event.entityType, externalId: laneRow.external_id });
  }
}

const hasFailed = ({ attempts }: LaneRun) => attempts.at(-1)?.result.kind === 'retry';
