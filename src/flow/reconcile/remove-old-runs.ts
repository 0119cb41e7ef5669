import type { Sql } from '../../db/database.js';
import { DELETE_PAGE, deleteInPages } from '../../model/delete-in-pages.js';

/** A reconciliation may have a million of these, so that they go before it and not with it. */
const REMOVE_DIFFERENCES = `delete from reconciliation_differences where id in (
  select d.id from reconciliations r join reconciliation_differences d on d.reconciliation_id = r.id
  where r.created_at < now() - $1 * interval '1 day' order by r.created_at, r.id limit ${DELETE_PAGE}
) returning 1`;

const removeFrom = (table: 'reconciliations' | 'full_syncs') => `delete from ${table} where id in (
  select id from ${table} where created_at < now() - $1 * interval '1 day' order by created_at, id limit ${DELETE_PAGE}
) returning 1`;

/** Removes reconciliations with what they found, and full syncs, that began so many days ago; answers how many runs. */
export async function removeOldRuns(sql: Sql, olderThanDays: number, signal?: AbortSignal): Promise<number> {
  const remove = (statement: string) =>
    deleteInPages(async () => (await sql(statement, [olderThanDays])).length, signal);
  await remove(REMOVE_DIFFERENCES);
  return (await remove(removeFrom('reconciliations'))) + (await remove(removeFrom('full_syncs')));
}
