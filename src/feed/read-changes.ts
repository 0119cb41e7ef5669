import type pg from 'pg';
import type { ChangeEntry } from './change.js';
import { encodeCursor } from './cursor.js';

/** The changes `c` of a batch, given its `snapshot` and that of the batch before it, `earlier`. */
export const CHANGES_OF_BATCH = `
  select c.* from pg_snapshot_xip(earlier) as x join changes c on c.xid = x where pg_visible_in_snapshot(c.xid, snapshot)
  union all
  select c.* from changes c
  where c.xid >= pg_snapshot_xmax(earlier) and c.xid < pg_snapshot_xmax(snapshot) and pg_visible_in_snapshot(c.xid, snapshot)`;

/** How many positions of a batch the rows before row `c` take: each takes `size`, by id. */
export const PLACES_BEFORE = 'sum(c.size) over (order by c.id) - c.size';

/** Batches that overlap the wanted positions; in each, a row's first position follows those of the rows before it. */
const READ = `
with batches as (
  select b.snapshot, p.position as start, p.snapshot as earlier
  from change_batches b join change_batches p on p.no = b.no - 1
  where b.position > $1::bigint and p.position < $1::bigint + $2::bigint
)
select r.before::bigint, r.kind, r.merchant_id as "merchantId", r.entity_type as "entityType", r.entity_id as "entityId",
  r.integration_id as "integrationId", r.sync_event_id as "syncEventId", r.data, r.more, r.traceparent,
  to_char(r.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
from batches cross join lateral (
  select start + ${PLACES_BEFORE} as before, c.* from (${CHANGES_OF_BATCH}) c
) r
where r.before + r.size > $1::bigint and r.before < $1::bigint + $2::bigint
order by r.before`;

/** What differs between the changes of one row. */
type Part = Pick<ChangeEntry, 'kind' | 'syncEventId' | 'data'>;

type ChangeRow = Omit<ChangeEntry, 'data' | 'cursor' | 'position'> & {
  before: string;
  data: string;
  more: string | null;
};

/** Sealed changes after a position, oldest first: `limit` of them and the rest of the last row, or all that there are. */
export async function readChanges(
  client: pg.Pool,
  from: { epoch: number; after: number; limit: number },
): Promise<ChangeEntry[]> {
  const { rows } = await client.query<ChangeRow>({ name: 'feed-read', text: READ, values: [from.after, from.limit] });
  return rows.flatMap((row) => toEntries(row, from.epoch)).filter(({ position }) => position > from.after);
}

function toEntries({ before, data, more, kind, syncEventId, ...shared }: ChangeRow, epoch: number): ChangeEntry[] {
  const parts: Part[] = [{ kind, syncEventId, data: JSON.parse(data) }, ...(more === null ? [] : JSON.parse(more))];
  return parts.map((part, index) => {
    const position = Number(before) + 1 + index;
    return { ...shared, ...part, position, cursor: encodeCursor({ epoch, position }) };
  });
}
