import type { Sql } from '../db/database.js';
import { DELETE_PAGE, deleteInPages } from '../model/delete-in-pages.js';

/** The last batch of what is old enough, never the newest of all, from which the next one is told apart. */
const FIND_LAST = `select no::text, snapshot::text from change_batches
where sealed_at < now() - $1 * interval '1 day' and no < (select max(no) from change_batches)
order by change_batches.no desc limit 1`;

const REMOVE_BATCHES = `delete from change_batches where no in
  (select no from change_batches where no < $1 order by no limit ${DELETE_PAGE}) returning 1`;

const REMOVE_CHANGES = `delete from changes where (xid, id) in (
  select xid, id from changes
  where xid < pg_snapshot_xmax($1::pg_snapshot) and pg_visible_in_snapshot(xid, $1::pg_snapshot)
  order by xid, id limit ${DELETE_PAGE}
) returning 1`;

/**
 * Removes the changes of whole batches that were sealed so long ago; a cursor before them is expired from then on.
 * Batches go first, so that a reader finds all changes of a batch or is told that they are no longer kept.
 * @returns how many changes are gone
 */
export async function removeOldChanges(sql: Sql, olderThanDays: number, signal?: AbortSignal): Promise<number> {
  const [last] = await sql<{ no: string; snapshot: string }>(FIND_LAST, [olderThanDays]);
  if (!last) return 0;
  await deleteInPages(async () => (await sql(REMOVE_BATCHES, [last.no])).length, signal);
  return deleteInPages(async () => (await sql(REMOVE_CHANGES, [last.snapshot])).length, signal);
}
