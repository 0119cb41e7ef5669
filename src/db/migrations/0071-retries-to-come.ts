import { Migration } from '@mikro-orm/migrations';

/** Codes of errors that may go away by themselves. */
const RETRYABLE = `'{SLOW_CONSUMER,RATE_LIMITED,DEPENDENCY_PENDING,UNKNOWN_ENTITY,MAPPING_TIMEOUT,UPSTREAM_RATE_LIMITED,UPSTREAM_UNAVAILABLE,UPSTREAM_BAD_RESPONSE,UPSTREAM_TIMEOUT,UPSTREAM_UNREACHABLE,NOT_READY,DATABASE_UNAVAILABLE}'`;

/** `redrives` of a connector: NEVER, USUAL (10 times), or BY_SETTINGS of its integrations. */
const COMING = `
alter table connector_traits add redrives text not null default 'USUAL';
update connector_traits set redrives = 'NEVER' where name = 'escooter';
update connector_traits set redrives = 'BY_SETTINGS' where name = 'flasherp';

create function next_redrive(connector text, error_code text, created_at timestamptz, attempts int, most_attempts int)
returns timestamptz language sql stable return (
  select j.next_run_at from jobs j left join connector_traits t on t.name = $1
  where j.name = 'retry-failed' and not j.paused and $2 = any(${RETRYABLE}::text[]) and $3 > now() - interval '7 days'
    and case coalesce(t.redrives, 'USUAL') when 'NEVER' then false when 'USUAL' then $4 < $5 * 11 else true end);`;

/** In the view as PostgreSQL writes it: what stood there, and what stands there now. */
const CHANGES: [string, string][] = [
  [
    `ELSE NULL::timestamp with time zone
                END AS at) next)`,
    `ELSE case when f.dead and i.enabled then next_redrive(i.connector, e.error_code, e.created_at, e.attempt_count, e.max_attempts) end
                END AS at) next)`,
  ],
  [
    `format('failed for good (sync event %s, attempt %s); what came after it waits behind it.'::text, e.id, e.attempt_count)`,
    `format('%s (sync event %s, attempt %s); what came after it waits behind it.',
      case when next.at is null then 'failed for good' else 'has used up its attempts for now' end, e.id, e.attempt_count)`,
  ],
  [
    `'Nothing happens by itself: somebody has to retry or skip it.'::text`,
    `case when next.at is null then 'Nothing happens by itself: somebody has to retry or skip it.'
      else 'It is tried again by itself when the job retry-failed runs, as often as its system allows and for up to 7 days, or at once when somebody retries it.' end`,
  ],
  [
    `'Nothing happens by itself: mend the cause and retry, or skip it.'::text`,
    `case when next.at is null then 'Nothing happens by itself: mend the cause and retry, or skip it.'
      else 'It is tried again by itself, in case the cause is gone. A test of the connection tells whether it is.' end`,
  ],
  [
    `COALESCE(m.mutation, 'skipSyncEvent'::text)`,
    `coalesce(m.mutation, case when next.at is null then 'skipSyncEvent' else 'testConnection' end)`,
  ],
  [
    `jsonb_build_object('id', (e.id)::text, 'reason', 'Not needed any more.')`,
    `case when next.at is null then jsonb_build_object('id', e.id::text, 'reason', 'Not needed any more.')
      else jsonb_build_object('integrationId', i.id) end`,
  ],
];

const rewrite = (view: string, [before, after]: [string, string]) =>
  `pg_temp.exchange(${view}, $t$${before}$t$, $t$${after}$t$)`;

/** What the hub sends again by itself is not told to wait for somebody, and nobody is advised to skip it. */
export class RetriesToCome extends Migration {
  override up(): void {
    this.addSql(COMING);
    // A text that is not found would leave the view as it was.
    this.addSql(`
create function pg_temp.exchange(whole text, before text, after text) returns text language plpgsql as $body$
begin
  if strpos(whole, before) = 0 then raise exception 'The view of blockers has not: %', before; end if;
  return replace(whole, before, after);
end $body$;
do $body$
begin
  execute 'create or replace view blockers as ' || ${CHANGES.reduce(rewrite, `pg_get_viewdef('blockers'::regclass)`)};
end $body$;
drop function pg_temp.exchange;`);
  }
}
