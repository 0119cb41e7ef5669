import type pg from 'pg';
import type { EntityType } from '../model/statuses.js';
import type { ChangeEntry, ChangeKind } from './change.js';
import { encodeCursor } from './cursor.js';

/** The changes `c` of a batch, given its `snapshot` and that of the batch before it, `earlier`. */
export const CHANGES_OF_BATCH = `
  select c.* from pg_snapshot_xip(earlier) as x join changes c on c.xid = x where pg_visible_in_snapshot(c.xid, snapshot)
  union all
  select c.* from changes c
  where c.xid >= pg_snapshot_xmax(earlier) and c.xid < pg_snapshot_xmax(snapshot) and pg_visible_in_snapshot(c.xid, snapshot)`;

/** Batches that overlap the wanted positions; in each, a change's position is the batch's start plus its rank by id. */
const READ = `
with batches as (
  select b.snapshot, p.position as start, p.snapshot as earlier
  from change_batches b join change_batches p on p.no = b.no - 1
  where b.position > $1::bigint and p.position < $1::bigint + $2::bigint
)
select r.position, r.kind, r.merchant_id as "merchantId", r.entity_type as "entityType", r.entity_id as "entityId",
  r.integration_id as "integrationId", r.sync_event_id as "syncEventId", r.data, r.traceparent,
  to_char(r.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
from batches cross join lateral (
  select start + row_number() over (order by c.id) as position, c.* from (${CHANGES_OF_BATCH}) c
) r
where r.position > $1::bigint
order by r.position
limit $2::bigint`;

interface ChangeRow {
  position: string;
  kind: ChangeKind;
  merchantId: string;
  entityType: EntityType;
  entityId: string;
  integrationId: string | null;
  syncEventId: string | null;
  data: string;
  traceparent: string | null;
  at: string;
}

/** Sealed changes after a position, oldest first, at most `limit`. */
export async function readChanges(
  client: pg.Pool,
  from: { epoch: number; after: number; limit: number },
): Promise<ChangeEntry[]> {
  const { rows } = await client.query<ChangeRow>({ name: 'feed-read', text: READ, values: [from.after, from.limit] });
  return rows.map((row) => {
    const position = Number(row.position);
    return { ...row, position, data: JSON.parse(row.data), cursor: encodeCursor({ epoch: from.epoch, position }) };
  });
}
