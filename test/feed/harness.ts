import pino from 'pino';
import type { Database, Sql } from '../../src/db/database.js';
import { createNotifier } from '../../src/db/notifier.js';
import { type ChangeEntry, createFeed, type Feed, type FeedSelection, type NewChange } from '../../src/feed/feed.js';

export const EVERYTHING: FeedSelection = { merchantId: null, kinds: null };

export type TestFeed = Feed & { stop(): Promise<void> };

/** One instance's feed with a notifier of its own, as another process would have. */
export async function startFeed(db: Database, more: { recentChanges?: number } = {}): Promise<TestFeed> {
  const log = pino({ level: 'silent' });
  const notifier = createNotifier({ url: db.url, log });
  const feed = createFeed({ db, notifier, log, ...more });
  notifier.start();
  await feed.start();
  const stop = async () => {
    await feed.stop();
    await notifier.stop();
  };
  return {
    publish: (tx, changes) => feed.publish(tx, changes),
    wake: () => feed.wake(),
    end: () => feed.end(),
    subscribe: (...args) => feed.subscribe(...args),
    stop,
  };
}

/** A change of one order; `version` counts what happened to it. */
export function orderChange(entityId: string, version: number, more: Partial<NewChange> = {}): NewChange {
  return {
    kind: 'order.status_changed',
    merchantId: 'm1',
    entityType: 'ORDER',
    entityId,
    data: { version },
    ...more,
  };
}

/** Publishes in a transaction of its own. */
export function publish(db: Database, feed: Feed, ...changes: NewChange[]): Promise<void> {
  return db.transaction((tx) => feed.publish(tx, changes));
}

/** The next `count` changes. */
export async function take(changes: AsyncIterator<ChangeEntry>, count: number): Promise<ChangeEntry[]> {
  const taken: ChangeEntry[] = [];
  while (taken.length < count) {
    const next = await changes.next();
    if (next.done) throw new Error(`The feed ended after ${taken.length} changes of ${count}`);
    taken.push(next.value);
  }
  return taken;
}

/** All positions that are sealed, with the changes that stand there, read the plain way. */
export async function readAll(sql: Sql): Promise<{ position: number; id: string }[]> {
  const rows = await sql<{ position: string; id: string }>(`
    select p.position + row_number() over (partition by b.no order by c.id) as position, c.id
    from change_batches b join change_batches p on p.no = b.no - 1
    join changes c on pg_visible_in_snapshot(c.xid, b.snapshot) and not pg_visible_in_snapshot(c.xid, p.snapshot)
    order by position`);
  return rows.map((row) => ({ position: Number(row.position), id: row.id }));
}
