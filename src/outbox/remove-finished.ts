import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.js';
import { REMOVE_FINISHED } from './sql/remove-finished.js';

const PAGE = 1000;
/** Between two pages, so that claims and autovacuum get their turn. */
const PAUSE_MS = 20;

/**
 * Removes sync events that ended more than `days` ago, with their attempts; answers how many. Dead letters that still park
 * a lane stay however old they are. Each page is a statement of its own and locks only rows that no claim looks at.
 */
export async function removeFinished(db: Pick<Database, 'pool'>, days: number): Promise<number> {
  const before = new Date(Date.now() - days * 86_400_000).toISOString();
  let removed = 0;
  for (let after = '0'; ; await sleep(PAUSE_MS)) {
    const { rows } = await db.pool.query<{ removed: number; lastId: string | null; young: boolean }>({
      name: 'outbox-remove-finished',
      text: REMOVE_FINISHED,
      values: [before, after, PAGE],
    });
    const [page] = rows;
    removed += page?.removed ?? 0;
    if (!page?.lastId || page.young) return removed;
    after = page.lastId;
  }
}
