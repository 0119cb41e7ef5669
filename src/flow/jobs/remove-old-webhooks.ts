import { sqlOn } from '../../db/database.js';
import { DELETE_PAGE, deleteInPages } from '../../model/delete-in-pages.js';
import type { Services } from '../services.js';

/** An event that waits for its entity is never dropped. */
const REMOVE = `delete from webhook_events where id in (
  select id from webhook_events
  where created_at < now() - $1 * interval '1 day'
    and not (status = 'FAILED' and coalesce(error_code, '') = 'UNKNOWN_ENTITY')
  order by created_at, id limit ${DELETE_PAGE}
) returning 1`;

/** Removes received webhooks that are so many days old; answers how many. */
export function removeOldWebhooks(services: Services, olderThanDays: number, signal?: AbortSignal): Promise<number> {
  const sql = sqlOn(services.db.pool);
  return deleteInPages(async () => (await sql(REMOVE, [olderThanDays])).length, signal);
}
