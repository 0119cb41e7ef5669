import type { Tx } from '../../db/database.js';

/**
 * From what is measured to what is written is one turn, ended by the commit: else what was measured first could be written
 * last, and open again an alert that has ended.
 */
export async function takeTurn({ sql }: Tx): Promise<void> {
  await sql(`select pg_advisory_xact_lock(hashtextextended('evaluate alerts', 0))`);
}
