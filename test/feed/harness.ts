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

/** One row that holds changes of an order, its versions 1 to `count`. */
export async function insertRowOf(sql: Sql, entityId: string, count: number): Promise<void> {
  const more = Array.from({ length: count - 1 }, (_, index) => ({
    kind: 'order.updated',
    syncEventId: String(index),
    data: { version: index + 2 },
  }));
  await sql(
    `insert into changes (kind, merchant_id, entity_type, entity_id, data, size, more)
     values ('order.created', 'm1', 'ORDER', $1, '{"version":1}', $2, $3)`,
    [entityId, count, JSON.stringify(more)],
  );
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
export async function readAll(sql: Sql): Promise<{ position: number; id: string; content: string }[]> {
  const rows = await sql<{ position: string; id: string; content: string }>(`
    select before + place as position, id,
      entity_id || ' ' || case place when 1 then data else (more -> (place - 2) -> 'data')::jsonb end as content
    from (
      select p.position + sum(c.size) over (partition by b.no order by c.id) - c.size as before, c.*
      from change_batches b join change_batches p on p.no = b.no - 1
      join changes c on pg_visible_in_snapshot(c.xid, b.snapshot) and not pg_visible_in_snapshot(c.xid, p.snapshot)
    ) r cross join lateral generate_series(1, size) as place
    order by position`);
  return rows.map((row) => ({ ...row, position: Number(row.position) }));
}
