/** Locks the lane of an event, `$1`, against claims and enqueues. A statement of its own: what follows it sees the lane's last state. */
export const LOCK_LANE = `
select l.id from lanes l join sync_events e on e.lane_id = l.id where e.id = $1 for no key update of l`;
