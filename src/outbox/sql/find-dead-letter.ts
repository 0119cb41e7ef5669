/** The dead letter that parks the lane of an entity: `$1` integration, `$2` entity type, `$3` entity. */
export const FIND_DEAD_LETTER = `
select e.id::text
  from links k join lanes l on l.id = k.id
  join sync_events e on e.lane_id = l.id and e.seq = l.head + 1
 where k.integration_id = $1 and k.entity_type = $2 and k.entity_id = $3 and l.parked and e.status = 'FAILED'`;
