import type { Sql } from '../db/database.js';
import { type CursorValue, expired } from './cursor.js';

/** A history of the feed. A database that is restored elsewhere begins a new one, since the old one may have gone on. */
export interface Epoch {
  id: number;
  /** The last position that it shares with the one before. */
  from: number;
}

/** Names the database itself: a copy of it, restored or cloned, has another name. */
export const CLUSTER = `(
  select format('%s/%s', (select system_identifier from pg_control_system()), oid)
  from pg_database where datname = current_database()
)`;

/** Oldest first; the last one is the present. */
export async function readEpochs(sql: Sql): Promise<Epoch[]> {
  const rows = await sql<{ id: string; from: string }>(
    'select id, from_position as "from" from feed_epochs order by number',
  );
  return rows.map((row) => ({ id: Number(row.id), from: Number(row.from) }));
}

/**
 * The position after which a cursor goes on.
 * @throws HubError CURSOR_EXPIRED for a cursor of a history that this database does not share
 */
export function resolveCursor(epochs: readonly Epoch[], cursor: CursorValue): number {
  const index = epochs.findIndex((epoch) => epoch.id === cursor.epoch);
  const next = epochs[index + 1];
  if (index < 0 || (next && cursor.position > next.from)) throw expired();
  return cursor.position;
}
