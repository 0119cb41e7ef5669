/**
 * The dead letter that parks the lane of an entity: `$1` integration, `$2` entity type, `$3` entity. `mayBeCreated`: its last
 * attempt got no proper answer, so that the upstream may have the entity although its external id is not known here.
 */
export const FIND_DEAD_LETTER = `
select e.id::text,
       k.external_id is null and e.operation = 'CREATE' and coalesce((
         select a.outcome = 'RETRY' from sync_attempts a where a.sync_event_id = e.id order by a.number desc limit 1), false
       ) as "mayBeCreated"
  from links k join lanes l on l.id = k.id
  join sync_events e on e.lane_id = l.id and e.seq = l.head + 1
 where k.integration_id = $1 and k.entity_type = $2 and k.entity_id = $3 and l.parked and e.status = 'FAILED'`;
