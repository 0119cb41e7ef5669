import { Migration } from '@mikro-orm/migrations';

/**
 * Roll-ups of attempts and webhook events, kept after those are gone. `xid`, the transaction that wrote a row, tells which
 * rows were committed since the last roll-up; its index costs next to nothing, since rows are appended in its order.
 */
export class RollUps extends Migration {
  override up(): void {
    this.addSql(`
alter table sync_attempts add column led_to text, add column xid bigint;
alter table sync_attempts alter column xid set default pg_current_xact_id()::text::bigint;
create index sync_attempts_xid on sync_attempts using brin (xid) with (pages_per_range = 16, autosummarize = on);

alter table webhook_events add column xid bigint;
alter table webhook_events alter column xid set default pg_current_xact_id()::text::bigint;
create index webhook_events_xid on webhook_events using brin (xid) with (pages_per_range = 16, autosummarize = on);
create function webhook_event_turned() returns trigger language plpgsql as $$
begin new.xid := pg_current_xact_id()::text::bigint; return new; end $$;
create trigger webhook_event_turned before update of status on webhook_events
  for each row when (old.status is distinct from new.status) execute function webhook_event_turned();

create table metric_rollups (
  integration_id text not null,
  period text not null,
  at timestamptz not null,
  source text not null,
  entity_type text not null default '',
  operation text not null default '',
  outcome text not null default '',
  error_code text not null default '',
  http_status int not null default 0,
  bucket smallint not null default 0,
  count bigint not null,
  sum_ms bigint not null default 0,
  first_count bigint not null default 0,
  wait_ms bigint not null default 0,
  primary key (integration_id, period, at, source, entity_type, operation, outcome, error_code, http_status, bucket)
) with (fillfactor = 80);
create index on metric_rollups (period, at);

create table metric_watermark (
  only_row boolean primary key default true check (only_row),
  cluster text not null,
  snapshot pg_snapshot not null,
  rolled_at timestamptz not null default now()
);
insert into metric_watermark (cluster, snapshot)
select format('%s/%s', (select system_identifier from pg_control_system()), oid), pg_current_snapshot()
from pg_database where datname = current_database();

insert into metric_rollups (integration_id, period, at, source, entity_type, operation, outcome, error_code, http_status, bucket,
                            count, sum_ms, first_count, wait_ms)
select e.integration_id, 'HOUR', date_trunc('hour', a.started_at), 'ATTEMPT', e.entity_type, e.operation,
  case a.outcome when 'DELIVERED' then 'SUCCESS' when 'RETRY' then 'RETRYING' else 'FAILED' end, coalesce(a.error_code, ''),
  coalesce(a.http_status, 0), least(63, ceil(ln(greatest(coalesce(a.duration_ms, 0), 1)) / ln(1.25))), count(*),
  sum(coalesce(a.duration_ms, 0)), count(*) filter (where a.number = 1),
  coalesce(sum(greatest(0, extract(epoch from a.started_at - e.created_at) * 1000)) filter (where a.number = 1), 0)
from sync_attempts a join sync_events e on e.id = a.sync_event_id group by 1, 3, 5, 6, 7, 8, 9, 10;
insert into metric_rollups (integration_id, period, at, source, entity_type, outcome, error_code, count)
select integration_id, 'HOUR', date_trunc('hour', created_at), 'WEBHOOK', coalesce(entity_type, ''), status, coalesce(error_code, ''), count(*)
from webhook_events group by 1, 3, 5, 6, 7;
`);
  }
}
