import { sqlOn } from '../../db/database.js';
import { DELETE_PAGE, deleteInPages } from '../../model/delete-in-pages.js';
import type { Services } from '../services.js';

const REMOVE = `delete from idempotency_keys where (merchant_id, operation, key) in (
  select merchant_id, operation, key from idempotency_keys
  where created_at < now() - $1 * interval '1 day' order by created_at limit ${DELETE_PAGE}
) returning 1`;

/** Forgets callers' keys that are so many days old: nobody repeats a request after that. Answers how many. */
export function removeOldIdempotencyKeys(
  services: Services,
  olderThanDays: number,
  signal?: AbortSignal,
): Promise<number> {
  const sql = sqlOn(services.db.pool);
  return deleteInPages(async () => (await sql(REMOVE, [olderThanDays])).length, signal);
}
