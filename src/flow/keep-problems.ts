import type { RowProblem } from '../connectors/pull.js';
import type { Sql } from '../db/database.js';

/** More tell nothing new. */
const MOST_KEPT = 10_000;

/** `$1` sync event: what an earlier attempt of it has told. */
export const FORGET_PROBLEMS = 'delete from row_problems where sync_event_id = $1 and pull_id is null';

const KEEP = `insert into row_problems (merchant_id, sync_event_id, line, column_name, value, rule)
select $1, $2, p.* from unnest($3::int[], $4::text[], $5::text[], $6::text[]) p
where (select count(*) from row_problems where sync_event_id = $2) < ${MOST_KEPT}`;

/** Keeps what could not be read beside the sync event that read it, where `syncEvent { problems }` shows it. */
export async function keepProblems(
  sql: Sql,
  merchantId: string,
  syncEventId: string,
  problems: readonly RowProblem[],
): Promise<void> {
  if (problems.length === 0) return;
  await sql(KEEP, [
    merchantId,
    syncEventId,
    problems.map(({ line }) => line),
    problems.map(({ column }) => storable(column)),
    problems.map(({ value }) => storable(value)),
    problems.map(({ rule }) => storable(rule)),
  ]);
}

/** Text that the database can hold, cut to what a person reads of it. */
export const storable = (text: string) => text.replaceAll('\0', '\uFFFD').toWellFormed().slice(0, 200);
