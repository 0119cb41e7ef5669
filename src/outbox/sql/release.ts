/**
 * Makes held lanes due, the oldest first: `$1` the integration, `$2` and `$3` type and id of one entity or null, `$4` how many.
 * A held lane is due at infinity, so that no claim and no timer ever finds it.
 */
export const RELEASE = `
with held as materialized (
  select l.id from lanes l
   where l.integration_id = $1 and l.due = 'infinity'
     and ($3::text is null or l.id = (select k.id from links k
           where k.integration_id = $1 and k.entity_type = $2 and k.entity_id = $3))
   order by l.id limit $4 for no key update of l skip locked
), event as (
  update sync_events e set next_attempt_at = null, updated_at = now()
   where e.lane_id = any (array(select id from held)) and e.status = 'PENDING'
)
update lanes l set due = now() from held h where l.id = h.id
returning l.id`;
