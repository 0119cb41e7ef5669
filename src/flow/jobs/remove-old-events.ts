import { type Sql, sqlOn } from '../../db/database.js';
import { removeOldChanges } from '../../feed/remove-old-changes.js';
import { DELETE_PAGE } from '../../model/delete-in-pages.js';
import { removeOldProblems, removeOldPulls } from '../pull/remove-old-pulls.js';
import { removeOldRuns } from '../reconcile/remove-old-runs.js';
import type { Services } from '../services.js';

/**
 * One page of the oldest events. A dead letter stays however old it is: it parks its lane until somebody decides. So does a
 * skipped create that may have happened upstream: what is sent next repeats it first.
 * The page is found by the primary key and ends where events are young, so that finding nothing costs one page.
 */
const REMOVE_PAGE = `
with page as materialized (
  select id, status, lane_id, created_at < now() - $2 * interval '1 day' as old
  from sync_events where id > $1 order by id limit ${DELETE_PAGE}
), ended as (
  select id from page
   where old and (status in ('SUCCESS', 'SKIPPED') or status = 'FAILED' and lane_id is null)
     and not exists (select from links k where k.id = page.lane_id and k.open_create = page.id)
), attempts as (
  delete from sync_attempts using ended where sync_event_id = ended.id
), gone as (
  delete from sync_events using ended where sync_events.id = ended.id returning 1
)
select (select count(*)::int from gone) as gone, max(id)::text as last, coalesce(bool_and(old), false) as "goOn" from page`;

/** What a round of removal came to. */
export interface RemovedEvents {
  events: number;
  pulls: number;
  /** Reconciliations and full syncs. */
  runs: number;
  changes: number;
}

/** Removes sync events that have ended, with their attempts, pulls, reconciliations, full syncs, and changes of the feed, once they are so many days old. */
export async function removeOldEvents(
  services: Services,
  olderThanDays: number,
  signal?: AbortSignal,
): Promise<RemovedEvents> {
  const sql = sqlOn(services.db.pool);
  const events = await removeEvents(sql, olderThanDays, signal);
  const pulls = await removeOldPulls(sql, olderThanDays, signal);
  const runs = await removeOldRuns(sql, olderThanDays, signal);
  await removeOldProblems(sql, olderThanDays, signal);
  return { events, pulls, runs, changes: await removeOldChanges(sql, olderThanDays, signal) };
}

async function removeEvents(sql: Sql, olderThanDays: number, signal?: AbortSignal): Promise<number> {
  let removed = 0;
  for (let after = '0'; !signal?.aborted; ) {
    const [page] = await sql<{ gone: number; last: string | null; goOn: boolean }>(REMOVE_PAGE, [after, olderThanDays]);
    removed += page?.gone ?? 0;
    if (!page?.last || !page.goOn) break;
    after = page.last;
  }
  return removed;
}
