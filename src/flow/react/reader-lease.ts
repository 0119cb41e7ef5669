/** `$1` name, `$2` cursor of a reader that has not read yet, `$3` owner, `$4` milliseconds. No row: another instance reads. */
export const TAKE_LEASE = `
insert into feed_consumers as c (name, cursor, leased_by, leased_until)
values ($1, $2, $3, now() + $4::int * interval '1 ms')
on conflict (name) do update set leased_by = excluded.leased_by, leased_until = excluded.leased_until
where c.leased_by = excluded.leased_by or c.leased_until is null or c.leased_until < now()
returning cursor`;

/** `$1` name, `$2` the cursor to move to, `$3` owner, `$4` milliseconds, `$5` the present cursor. No row: another one reads now. */
export const MOVE_ON = `
update feed_consumers set cursor = $2, leased_until = now() + $4::int * interval '1 ms', moved_at = now()
where name = $1 and leased_by = $3 and cursor = $5
returning 1`;

/** `$1` name, `$2` owner. */
export const GIVE_UP_LEASE = 'update feed_consumers set leased_until = null where name = $1 and leased_by = $2';

/** `$1` name, `$2` owner, `$3` milliseconds. No row: the lease is another's. */
export const EXTEND_LEASE = `
update feed_consumers set leased_until = now() + $3::int * interval '1 ms' where name = $1 and leased_by = $2
returning 1`;
