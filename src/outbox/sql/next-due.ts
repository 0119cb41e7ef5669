/**
 * Milliseconds until something of the integrations `$1` (with their rates `$2`, or null) can be claimed, if that is within `$3` ms;
 * else null. Looks no further than `$3`, so that a long queue of retries costs nothing.
 */
export const NEXT_DUE = `
select (extract(epoch from min(greatest(gate.open_at, coalesce(waiting.due, coming.due))) - now()) * 1000)::float8 as ms
  from unnest($1::text[], $2::float8[]) as t (integration_id, rate)
  join integration_gates g using (integration_id)
 cross join lateral (
   select greatest(g.hold_until, case when g.circuit <> 'CLOSED' then g.open_until end,
                   g.refilled_at + (1 - g.tokens) / t.rate * interval '1 s', now()) as open_at) gate
  left join lateral (
    select now() as due from lanes
     where gate.open_at > now() and integration_id = t.integration_id and due <= now()
       and (lease is null or lease <= now()) limit 1) waiting on true
  left join lateral (
    select min(due) as due from lanes
     where waiting.due is null and integration_id = t.integration_id
       and due > now() and due <= now() + $3 * interval '1 ms') coming on true
 where coalesce(waiting.due, coming.due) is not null and gate.open_at <= now() + $3 * interval '1 ms'`;
