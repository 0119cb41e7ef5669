import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Database } from '../db/database.js';
import { INTEGRATION_CHANGED } from '../db/entities/integration.js';
import type { Notifier } from '../db/notifier.js';
import { createOutageLog, type OutageLog } from '../db/outage-log.js';
import type { EntityType } from '../model/statuses.js';
import { claim } from './claim.js';
import type { Attempt, ClaimedLane, Deliver, DispatchTarget, LaneRun } from './lane.js';
import { extendLeases } from './leases.js';
import { logAttempt } from './log-attempt.js';
import { createPresence, type Presence } from './presence.js';
import { runLane } from './run-lane.js';
import type { Settled } from './settle.js';
import type { Settlement } from './settlement.js';
import { createSettler, type Settler } from './settler.js';
import { NEXT_DUE } from './sql/next-due.js';
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
/** After claims that found nothing more, the next due time is looked up at most so often. */
const LOOK_MS = 10;
const AWAY_PAUSE_MS = 200;

export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  return new LaneDispatcher(deps);
}

class LaneDispatcher implements Dispatcher {
  private readonly targets = new Targets();
  private readonly held = new Set<ClaimedLane>();
  private readonly pool: pg.Pool;
  private readonly presence: Presence;
  private readonly settler: Settler;
  private readonly outages: Record<'claims' | 'targets' | 'leases', OutageLog>;
  private readonly leaseMs: number;
  private readonly timers: NodeJS.Timeout[] = [];
  private look: NodeJS.Timeout | null = null;
  private due: NodeJS.Timeout | null = null;
  private wanted = false;
  private claiming = false;
  private stopping = false;
  private readonly unlisten: (() => void)[] = [];

  constructor(private readonly deps: DispatcherDeps) {
    this.leaseMs = deps.leaseMs ?? LEASE_MS;
    this.outages = {
      claims: createOutageLog(deps.log, 'Claiming work'),
      targets: createOutageLog(deps.log, 'Reading the list of integrations'),
      leases: createOutageLog(deps.log, 'Extending leases'),
    };
    this.pool = deps.db.queuePool;
    this.presence = createPresence({ url: deps.db.url, onBuried: () => this.announce(), log: deps.log });
    this.settler = createSettler({
      pool: this.pool,
      instanceId: () => this.presence.instanceId(),
      onSettled: (settled, stale, answer) => this.afterSettle(settled, stale, answer),
      log: deps.log,
    });
  }

  async start(): Promise<void> {
    await this.presence.start();
    await this.refresh();
    const { notifier } = this.deps;
    this.unlisten.push(notifier.listen(OUTBOX_CHANNEL, () => this.claimSoon()));
    this.unlisten.push(notifier.listen(INTEGRATION_CHANGED, () => void this.poll()));
    this.timers.push(setInterval(() => void this.poll(), POLL_MS));
    this.timers.push(setInterval(() => void this.extend(), this.leaseMs / 4));
    this.claimSoon();
  }

  async stop(drainMs: number): Promise<void> {
    this.stopping = true;
    for (const unlisten of this.unlisten) unlisten();
    const deadline = performance.now() + drainMs;
    while ((this.held.size > 0 || this.claiming) && performance.now() < deadline) await sleep(5);
    for (const timer of [...this.timers, this.look, this.due]) if (timer) clearTimeout(timer);
    this.settler.stop();
    await this.presence.stop(this.held.size === 0);
  }

  wake(): void {
    this.claimSoon();
    this.deps.notifier.notify(OUTBOX_CHANNEL);
  }

  /** Something was reopened or its circuit moved: for the feed too. */
  private announce(): void {
    this.deps.changed();
    this.wake();
  }

  private async poll(): Promise<void> {
    await this.refresh();
    this.claimSoon();
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

  private claimSoon(): void {
    this.wanted = true;
    if (!this.claiming && !this.stopping) void this.claimAll();
  }

  private async claimAll(): Promise<void> {
    this.claiming = true;
    while (this.wanted && !this.stopping) {
      this.wanted = false;
      try {
        if (await this.claimOnce()) this.wanted = true;
      } catch (error) {
        this.outages.claims.failed(error);
        await sleep(AWAY_PAUSE_MS);
        this.wanted = true;
      }
    }
    this.claiming = false;
    if (!this.targets.isHungry()) this.lookSoon();
  }

  /** Answers whether there may be more. */
  private async claimOnce(): Promise<boolean> {
    const wanted = this.targets.wanted();
    if (wanted.length === 0) return false;
    const lanes = await claim(this.pool, wanted, this.presence.instanceId(), this.leaseMs);
    this.outages.claims.worked();
    this.targets.claimed(wanted, lanes);
    for (const lane of lanes) void this.run(lane);
    if (lanes.length > 0) this.deps.changed();
    return lanes.length > 0 && this.targets.isHungry();
  }

  private async run(lane: ClaimedLane): Promise<void> {
    this.held.add(lane);
    const run = await runLane(lane, this.deps.deliver, () => this.stopping);
    this.settler.add(run);
    this.note(run);
    if (this.targets.called(lane.target, hasFailed(run))) this.claimSoon();
  }

  private note({ lane, attempts, pauseMs }: LaneRun): void {
    if (pauseMs !== null) this.deps.log.warn({ laneId: lane.id }, 'An event could not be tried; its lane rests');
    for (const attempt of attempts) {
      logAttempt(this.deps.log, lane, attempt);
      this.deps.onAttempt?.(attempt, lane.target.integrationId);
    }
  }

  private afterSettle(settled: Settlement[], stale: Settlement[], answer: Settled): void {
    for (const settlement of [...settled, ...stale]) this.release(settlement);
    for (const { lane } of stale) this.deps.log.warn({ laneId: lane.id, token: lane.token }, 'A lane was taken over');
    if (settled.length > 0) this.deps.changed();
    for (const settlement of settled) this.tellLinked(settlement);
    if (answer.circuitChanged.length > 0) this.announce();
    else if (answer.more || this.targets.isHungry()) this.claimSoon();
    else this.lookSoon();
  }

  private release({ lane, run }: Settlement): void {
    this.held.delete(lane);
    this.targets.settled(lane.target, hasFailed(run));
  }

  private tellLinked({ lane, laneRow }: Settlement): void {
    const [event] = lane.events;
    if (lane.externalId !== null || laneRow.external_id === null || !event) return;
    const { integrationId } = lane.target;
    this.deps.onLinked({ integrationId, entityType: event.entityType, externalId: laneRow.external_id });
  }

  private lookSoon(): void {
    if (this.stopping) return;
    this.look ??= setTimeout(() => {
      this.look = null;
      void this.waitForDue();
    }, LOOK_MS);
  }

  /** Sets a timer for what becomes due before the next poll. */
  private async waitForDue(): Promise<void> {
    const targets = this.targets.list();
    const values = [
      targets.map(({ integrationId }) => integrationId),
      targets.map(({ policy }) => policy.ratePerSecond),
      POLL_MS,
    ];
    const query = { name: 'outbox-next-due', text: NEXT_DUE, values };
    const ms = await this.pool.query<{ ms: number | null }>(query).then(
      ({ rows }) => rows[0]?.ms ?? null,
      () => null,
    );
    if (ms === null || this.stopping) return;
    if (this.due) clearTimeout(this.due);
    this.due = setTimeout(() => this.claimSoon(), Math.max(1, Math.ceil(ms)));
  }
}

const hasFailed = ({ attempts }: LaneRun) => attempts.at(-1)?.result.kind === 'retry';
