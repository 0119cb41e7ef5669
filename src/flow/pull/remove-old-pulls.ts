import type { Sql } from '../../db/database.js';
import { DELETE_PAGE, deleteInPages } from '../../model/delete-in-pages.js';

/** A pull may have thousands of these, so that they go before it and not with it. */
const REMOVE_PROBLEMS = `delete from row_problems where id in (
  select r.id from pulls p join row_problems r on r.pull_id = p.id
  where p.started_at < now() - $1 * interval '1 day' order by p.started_at, p.id limit ${DELETE_PAGE}
) returning 1`;

const REMOVE_PULLS = `delete from pulls where id in (
  select id from pulls where started_at < now() - $1 * interval '1 day' order by started_at, id limit ${DELETE_PAGE}
) returning 1`;

const REMOVE_OTHER_PROBLEMS = `delete from row_problems where id in (
  select id from row_problems where pull_id is null and created_at < now() - $1 * interval '1 day'
  order by created_at, id limit ${DELETE_PAGE}
) returning 1`;

/** Removes what comparisons could not read, once it is so many days old; answers how many. */
export function removeOldProblems(sql: Sql, olderThanDays: number, signal?: AbortSignal): Promise<number> {
  return deleteInPages(async () => (await sql(REMOVE_OTHER_PROBLEMS, [olderThanDays])).length, signal);
}

/** Removes pulls that began so many days ago, with the rows that they could not take; answers how many pulls. */
export async function removeOldPulls(sql: Sql, olderThanDays: number, signal?: AbortSignal): Promise<number> {
  await deleteInPages(async () => (await sql(REMOVE_PROBLEMS, [olderThanDays])).length, signal);
  return deleteInPages(async () => (await sql(REMOVE_PULLS, [olderThanDays])).length, signal);
}
