import { Migration } from '@mikro-orm/migrations';

/**
 * What callers have used of their rates, over all processes; when an integration's tasks are next; runs that send all of
 * what a system takes; repairs that are on their way.
 */
export class FlashErp extends Migration {
  override up(): void {
    this.addSql(`
create unlogged table rate_windows (
  key varchar(255) primary key,
  points int not null default 0,
  expire bigint
);

create table integration_tasks (
  integration_id text not null references integrations on delete cascade,
  merchant_id text not null,
  task text not null,
  schedule text not null,
  next_run_at timestamptz not null,
  last_run_at timestamptz,
  last_error text,
  primary key (integration_id, task)
);

create table full_syncs (
  id text primary key,
  merchant_id text not null,
  integration_id text not null references integrations,
  sync_event_id bigint,
  entity_types text[] not null,
  state text not null default 'QUEUED',
  entity_type text,
  position text not null default '',
  total_count int not null default 0,
  looked_count int not null default 0,
  sent_count int not null default 0,
  refused_count int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  error_code text,
  error_message text
);
create index on full_syncs (integration_id, created_at, id);
create index on full_syncs (created_at, id);
create index on full_syncs (sync_event_id);

create index on reconciliation_differences (sync_event_id) where state in ('REPAIRING', 'FAILED');
`);
  }
}
