import type pg from 'pg';

/** Sent with the new end of the feed as payload, once per sealed batch. */
export const SEALED_CHANNEL = 'feed_sealed';

/**
 * A batch holds the changes that are visible in its snapshot and not in the one before. No lock: of two sealers that make
 * the same batch one inserts nothing, and since it saw the batch before, every snapshot is later than that batch's commit.
 */
const SEAL = `
with last as (select no, position, snapshot from change_batches order by no desc limit 1),
fresh as (
  select (select coalesce(sum(c.size), 0) from last join changes c on c.xid >= pg_snapshot_xmax(last.snapshot))
    + (select coalesce(sum(c.size), 0) from last cross join lateral pg_snapshot_xip(last.snapshot) as x join changes c on c.xid = x) as count
),
sealed as (
  insert into change_batches (no, position, snapshot, by_size)
  select last.no + 1, last.position + fresh.count, pg_current_snapshot(), true from last, fresh where fresh.count > 0
  on conflict do nothing
  returning position
)
select last.position as "before", fresh.count, sealed.position as "sealedTo",
  case when sealed.position is not null then pg_notify('${SEALED_CHANNEL}', sealed.position::text) end
from last cross join fresh left join sealed on true`;

/**
 * Gives every change that is committed by now its position, in one statement that must run outside a transaction.
 * @returns the last position of the feed
 */
export async function sealBatch(client: pg.Pool): Promise<number> {
  for (;;) {
    const { rows } = await client.query<{ before: string; count: string; sealedTo: string | null }>({
      name: 'feed-seal',
      text: SEAL,
    });
    const [row] = rows;
    if (!row) throw new Error('change_batches has lost its first row');
    if (row.sealedTo !== null) return Number(row.sealedTo);
    // With changes left and none sealed, another sealer was faster; its batch may lack what was committed since.
    if (row.count === '0') return Number(row.before);
  }
}
