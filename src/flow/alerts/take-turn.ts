import type { Tx } from '../../db/database.js';

const TAKE = `select pg_advisory_xact_lock(hashtextextended('evaluate alerts ' || a, 0)) from unnest($1::text[]) a`;

/**
 * From what is looked at to what is written is one turn of those whom the alerts are about (integrations, orders or the
 * hub), ended by the commit: else what was looked at first could be written last, and open again an alert that has ended.
 * Several take it in the order of their names, so that nobody waits for whom it holds up.
 */
export async function takeTurn({ sql }: Tx, about: readonly string[]): Promise<void> {
  await sql(TAKE, [about.toSorted()]);
}
