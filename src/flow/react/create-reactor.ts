import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from '../../access/audit.js';
import { sqlOn, type Tx } from '../../db/database.js';
import { createOutageLog } from '../../db/outage-log.js';
import { HubError } from '../../errors.js';
import type { ChangeEntry } from '../../feed/feed.js';
import { databaseError } from '../../inbox/sql-errors.js';
import { type Tracer, withTrace } from '../../model/trace.js';
import type { Services } from '../services.js';
import type { Reaction } from './reaction.js';
import { EXTEND_LEASE, GIVE_UP_LEASE, MOVE_ON, TAKE_LEASE } from './reader-lease.js';
import { traceOf } from './trace-of.js';

export interface Reactor {
  start(): void;
  /** Resolves when nothing is being done any more. */
  stop(): Promise<void>;
}

const NAME = 'reactions';
const LEASE_MS = 10_000;
/** How often the cursor moves past changes that concern nobody. */
const MOVE_MS = 2_000;
const RETRY_MS = 1_000;
/** Failures of one reaction on one change before it is left out, with an audit entry. */
const MOST_FAILURES = 5;

/** Another instance has taken over. */
class LeaseLost extends Error {}

/**
 * Follows the feed from where the hub last was and runs what concerns each change, on one instance at a time. The cursor
 * moves in the same transaction as the effects, so that none is lost or done twice. What they cause goes on with the trace
 * of the change.
 */
export function createReactor(services: Services, reactions: readonly Reaction[], tracer: Tracer | null): Reactor {
  const reader = new Reader(services, reactions, tracer);
  let running: Promise<void> | null = null;
  return {
    start() {
      running = reader.run();
    },
    async stop() {
      reader.end.abort();
      await running;
    },
  };
}

class Reader {
  readonly end = new AbortController();
  private readonly owner = randomUUID();
  /** Where the database has the reader. */
  private stored = '';
  private storedAt = 0;
  private failures = { cursor: '', count: 0 };

  constructor(
    private readonly services: Services,
    private readonly reactions: readonly Reaction[],
    private readonly tracer: Tracer | null,
  ) {}

  async run(): Promise<void> {
    const outage = createOutageLog(this.services.log, 'Reacting to changes');
    while (!this.end.signal.aborted) {
      try {
        if (await this.takeLease()) await this.follow();
        outage.worked();
      } catch (error) {
        if (!(error instanceof LeaseLost)) outage.failed(error);
      }
      await sleep(RETRY_MS, undefined, { signal: this.end.signal }).catch(() => {});
    }
    await this.sql(GIVE_UP_LEASE, [NAME, this.owner]).catch(() => {});
  }

  private get sql() {
    return sqlOn(this.services.db.pool);
  }

  private async takeLease(): Promise<boolean> {
    const start = await this.services.feed.end();
    const [row] = await this.sql<{ cursor: string }>(TAKE_LEASE, [NAME, start, this.owner, LEASE_MS]);
    if (row) this.stored = row.cursor;
    return row !== undefined;
  }

  private async follow(): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.end.signal]);
    const changes = await this.subscribe(signal);
    const keepLease = setInterval(() => void this.extendLease().catch(() => stop.abort()), LEASE_MS / 4);
    try {
      for await (const change of changes) {
        await this.handle(change);
        if (performance.now() - this.storedAt > MOVE_MS) await this.moveTo(change.cursor);
      }
    } finally {
      clearInterval(keepLease);
    }
  }

  private async extendLease(): Promise<void> {
    const ours = await this.sql(EXTEND_LEASE, [NAME, this.owner, LEASE_MS]);
    if (ours.length === 0) throw new LeaseLost();
  }

  /** After a pause longer than changes are kept there is nothing to catch up with; that is told, not hidden. */
  private async subscribe(signal: AbortSignal) {
    const { feed, log } = this.services;
    try {
      return await feed.subscribe({ merchantId: null, kinds: null }, this.stored, signal);
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'CURSOR_EXPIRED') throw error;
      log.error({ cursor: this.stored }, 'changes that nobody has reacted to are no longer kept');
      await this.record('reaction.expire', null, { cursor: this.stored });
      await this.moveTo(await feed.end());
      return feed.subscribe({ merchantId: null, kinds: null }, this.stored, signal);
    }
  }

  private async handle(change: ChangeEntry): Promise<void> {
    const { services } = this;
    const concerned: Reaction[] = [];
    for (const reaction of this.reactions) if (await reaction.concerns(services, change)) concerned.push(reaction);
    if (concerned.length === 0) return;
    const name = concerned.map((one) => one.name).join(', ');
    try {
      await this.traced(name, change, () =>
        services.db.transaction(async (tx) => {
          await this.move(tx.sql, change.cursor);
          for (const reaction of concerned) await reaction.react({ services, tx }, change);
        }),
      );
      this.stored = change.cursor;
    } catch (error) {
      await this.leaveOut(change, name, error);
    }
  }

  private async traced(reactions: string, change: ChangeEntry, work: () => Promise<void>): Promise<void> {
    const parent = await traceOf(this.sql, change);
    const attributes = { 'syncline.change': change.kind, 'syncline.entity': change.entityId };
    const span = { name: `react ${reactions}`, kind: 'consumer', attributes } as const;
    await withTrace(parent === null ? null : this.tracer, span, parent, work);
  }

  /** Throws the error to have the change tried again, unless it is final or has failed too often while the database was there. */
  private async leaveOut(change: ChangeEntry, name: string, error: unknown): Promise<void> {
    const known = databaseError(error);
    if (error instanceof LeaseLost || (known instanceof HubError && known.code === 'DATABASE_UNAVAILABLE')) throw error;
    await this.sql('select 1');
    const isFinal = error instanceof HubError;
    const before = this.failures.cursor === change.cursor ? this.failures.count : 0;
    this.failures = { cursor: change.cursor, count: before + 1 };
    if (!isFinal && this.failures.count < MOST_FAILURES) throw error;
    this.services.log.error({ err: error, change, reactions: name }, 'a reaction was left out');
    const reason = error instanceof HubError ? `${error.code}: ${error.message}` : "The hub's log has the reason.";
    await this.services.db.transaction(async (tx) => {
      await this.move(tx.sql, change.cursor);
      await this.record('reaction.leave_out', change, { reactions: name, reason }, tx);
    });
    this.stored = change.cursor;
  }

  private record(action: string, change: ChangeEntry | null, details: Record<string, unknown>, tx?: Tx): Promise<void> {
    const { merchantId, entityType, entityId } = change ?? {};
    const entry = { actor: 'hub', action, outcome: 'FAILED', merchantId, entityType, entityId, details } as const;
    return audit(tx?.sql ?? this.sql, entry);
  }

  /** Past changes that concerned nobody. */
  private async moveTo(cursor: string): Promise<void> {
    await this.move(this.sql, cursor);
    this.stored = cursor;
  }

  /** Fences: whoever has lost the lease meanwhile, or reads from elsewhere, has no effect. */
  private async move(sql: Tx['sql'], to: string): Promise<void> {
    const moved = await sql(MOVE_ON, [NAME, to, this.owner, LEASE_MS, this.stored]);
    if (moved.length === 0) throw new LeaseLost();
    this.storedAt = performance.now();
  }
}
