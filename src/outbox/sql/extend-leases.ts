/** Extends the leases of lanes `$1` with tokens `$2` by `$3` ms from now; answers those that are still ours. */
export const EXTEND_LEASES = `
with held as (
  select l.id from lanes l join unnest($1::bigint[], $2::bigint[]) as s (id, token) on l.id = s.id and l.token = s.token
   order by l.id for no key update of l skip locked
)
update lanes l set lease = now() + $3 * interval '1 ms' from held h where l.id = h.id returning l.id::text`;
