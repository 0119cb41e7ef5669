import pg from 'pg';
import type { Logger } from 'pino';
import { connectionOptions } from '../db/connection-options.js';
import type { Database, Tx } from '../db/database.js';
import type { Notifier } from '../db/notifier.js';
import type { ChangeEntry, FeedSelection, NewChange } from './change.js';
import { decodeCursor, encodeCursor, expired, invalid } from './cursor.js';
import { type Epoch, readEpochs, resolveCursor } from './epochs.js';
import { follow } from './follow.js';
import { createPacedLoop, type PacedLoop } from './paced-loop.js';
import { publishChanges } from './publish-changes.js';
import { readChanges } from './read-changes.js';
import { rebaseFeed } from './rebase-feed.js';
import { RecentChanges } from './recent-changes.js';
import { SEALED_CHANNEL, sealBatch } from './seal-batch.js';
import { unavailable } from './unavailable.js';

export type { ChangeEntry, ChangeKind, FeedSelection, NewChange } from './change.js';

export interface Feed {
  /** Writes changes in the caller's transaction, after the entity's own write; the sealer wakes after its commit. */
  publish(tx: Tx, changes: NewChange[]): Promise<void>;
  /** Call after the commit of a transaction that has inserted into `changes` by other means than `publish`. */
  wake(): void;
  /** The cursor of the last change that was committed before the call. @throws HubError DATABASE_UNAVAILABLE */
  end(): Promise<string>;
  /**
   * Changes after a cursor, or from now on: whatever is committed after this resolves is delivered, whatever was committed
   * before the call is not. Ends when `signal` aborts, when the consumer stops, and when the feed stops.
   * Rejects with HubError CURSOR_INVALID, CURSOR_EXPIRED or DATABASE_UNAVAILABLE; iterating throws those and
   * SLOW_CONSUMER once the consumer lags by more changes than are kept in memory.
   */
  subscribe(
    selection: FeedSelection,
    after: string | null,
    signal?: AbortSignal,
  ): Promise<AsyncGenerator<ChangeEntry, void, void>>;
}

export interface FeedDeps {
  db: Database;
  notifier: Notifier;
  log: Logger;
  /** How many changes a subscriber may lag behind before it is ended. */
  recentChanges?: number;
}

const RECENT_CHANGES = 10_000;
const PAGE = 1_000;
/** Between two seals of one instance: fewer, larger batches under load. */
const SEAL_INTERVAL_MS = 10;
/** Finds what an instance that died, or one that forgot to wake the feed, has committed. */
const POLL_MS = 250;
/** Tables of any size are read by index; without statistics the planner would scan them whole. */
const BY_INDEX = ' -c enable_seqscan=off -c enable_bitmapscan=off';

/** The durable feed of changes. Needs `start()` before `subscribe`; `publish` works at once. */
export function createFeed(deps: FeedDeps): Feed & { start(): Promise<void>; stop(): Promise<void> } {
  return new SealedFeed(deps);
}

class SealedFeed implements Feed {
  /** One connection seals and reads the end; others read the past, so that many who resume do not hold up the rest. */
  private readonly sealing: pg.Pool;
  private readonly reading: pg.Pool;
  private readonly loop: PacedLoop;
  private recent: RecentChanges | null = null;
  private epochs: Epoch[] = [];
  private mayBeUnsealed = true;
  private sealedAt = Number.NEGATIVE_INFINITY;
  private unlisten = () => {};

  constructor(private readonly deps: FeedDeps) {
    this.sealing = this.open(1);
    this.reading = this.open(2);
    const pace = { intervalMs: SEAL_INTERVAL_MS, pollMs: POLL_MS };
    this.loop = createPacedLoop({ work: () => this.sealAndRead(), ...pace, log: deps.log });
  }

  async start(): Promise<void> {
    if (await rebaseFeed(this.deps.db)) this.deps.log.info('The database is a copy: the feed begins a new epoch');
    this.epochs = await this.deps.db.transaction(({ sql }) => readEpochs(sql));
    this.unlisten = this.deps.notifier.listen(SEALED_CHANNEL, (payload) => this.hear(payload));
    this.loop.start();
    await this.upToNow();
  }

  async stop(): Promise<void> {
    this.unlisten();
    await this.loop.stop();
    this.recent?.close();
    await Promise.all([this.sealing.end(), this.reading.end()]);
  }

  async publish(tx: Tx, changes: NewChange[]): Promise<void> {
    await publishChanges(tx.sql, changes);
    tx.afterCommit(() => this.wake());
  }

  wake(): void {
    this.mayBeUnsealed = true;
    this.loop.wake();
  }

  async end(): Promise<string> {
    const { last } = await this.upToNow().catch(unavailable);
    return encodeCursor({ epoch: this.epochs.at(-1)?.id ?? 0, position: last });
  }

  async subscribe(
    selection: FeedSelection,
    after: string | null,
    signal?: AbortSignal,
  ): Promise<AsyncGenerator<ChangeEntry, void, void>> {
    const resumed = after === null ? null : resolveCursor(this.epochs, decodeCursor(after));
    const recent = await this.upToNow().catch(unavailable);
    if (resumed !== null && resumed > recent.last) throw invalid();
    const position = resumed ?? recent.last;
    const readPast = (from: number) => this.readPast(from);
    const page = recent.after(position) === 'evicted' ? await readPast(position) : [];
    return follow({ recent, readPast }, selection, { after: position, page }, signal);
  }

  private open(max: number): pg.Pool {
    const options = connectionOptions(this.deps.db.url);
    const pool = new pg.Pool({ ...options, options: options.options + BY_INDEX, max });
    const onError = (error: Error) => this.deps.log.debug({ err: error }, 'The feed lost a connection');
    pool.on('error', onError);
    pool.on('connect', (client) => client.on('error', onError));
    return pool;
  }

  /** Resolves when all that was committed before this call has been read. */
  private async upToNow(): Promise<RecentChanges> {
    this.mayBeUnsealed = true;
    await this.loop.pass();
    if (!this.recent) throw new Error('Unreachable: a pass that succeeds has read the end of the feed');
    return this.recent;
  }

  private hear(sealedTo: string | null): void {
    if (sealedTo === null) this.wake();
    else if (!this.recent || Number(sealedTo) > this.recent.last) this.loop.wake();
  }

  private async sealAndRead(): Promise<void> {
    if (this.mayBeUnsealed || performance.now() - this.sealedAt >= POLL_MS) await this.seal();
    const { recent } = this;
    if (!recent) return;
    for (;;) {
      const page = await this.read(this.sealing, recent.last);
      if (page[0] && page[0].position !== recent.last + 1) recent.restart(page[0].position - 1);
      if (page.length > 0) recent.append(page);
      if (page.length < PAGE) return;
    }
  }

  private async seal(): Promise<void> {
    this.mayBeUnsealed = false;
    try {
      const last = await sealBatch(this.sealing);
      this.sealedAt = performance.now();
      this.recent ??= new RecentChanges(this.deps.recentChanges ?? RECENT_CHANGES, await this.startOfRecent(last));
    } catch (error) {
      this.mayBeUnsealed = true;
      throw error;
    }
  }

  /** A page before the end, so that clients of an instance that has just started resume from memory. */
  private async startOfRecent(last: number): Promise<number> {
    const { rows } = await this.sealing.query<{ first: string }>('select min(position) as first from change_batches');
    return Math.max(Number(rows[0]?.first), last - PAGE);
  }

  private read(pool: pg.Pool, after: number): Promise<ChangeEntry[]> {
    const epoch = this.epochs.at(-1)?.id ?? 0;
    return readChanges(pool, { epoch, after, limit: PAGE });
  }

  private async readPast(after: number): Promise<ChangeEntry[]> {
    const page = await this.read(this.reading, after).catch(unavailable);
    if (page[0]?.position !== after + 1) throw expired();
    return page;
  }
}
