import { Migration } from '@mikro-orm/migrations';

/** What was read whole from a system: runs, the state that the next one starts from, rows that could not be taken; brands. */
export class Pulls extends Migration {
  override up(): void {
    this.addSql(`
create table pulls (
  id text primary key,
  merchant_id text not null,
  integration_id text not null references integrations,
  entity_type text not null,
  sync_event_id bigint not null,
  since timestamptz,
  state text not null default 'RUNNING',
  rows_read int not null default 0,
  rows_changed int not null default 0,
  rows_removed int not null default 0,
  problem_count int not null default 0,
  started_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  error_code text,
  error_message text
) with (fillfactor = 50);
create index on pulls (integration_id, entity_type, started_at);
create index on pulls (sync_event_id);
create index on pulls (started_at, id);

create table pull_states (
  integration_id text not null references integrations on delete cascade,
  entity_type text not null,
  asked_at timestamptz,
  watermark timestamptz,
  full_at timestamptz,
  full_wanted boolean not null default true,
  succeeded_at timestamptz,
  fresh_until timestamptz,
  failed_at timestamptz,
  primary key (integration_id, entity_type)
) with (fillfactor = 50);

create table row_problems (
  id bigint generated always as identity primary key,
  merchant_id text not null,
  pull_id text not null references pulls on delete cascade,
  sync_event_id bigint not null,
  line int not null,
  column_name text not null,
  value text not null,
  rule text not null
);
create index on row_problems (sync_event_id, id);
create index on row_problems (pull_id);

create table brands (
  id text primary key,
  merchant_id text not null references merchants,
  name text not null,
  created_at timestamptz not null default now()
);
create unique index brands_name on brands (merchant_id, lower(name));

alter table products add deleted_at timestamptz, add source_integration_id text references integrations;
create index on products (merchant_id, brand, sku, id);
create index on products (source_integration_id, sku) where source_integration_id is not null;
alter table inventory_levels add removed_at timestamptz;
`);
  }
}
