import { Migration } from '@mikro-orm/migrations';

/** Runs that compare an integration's system with the hub, and what they found to differ. */
export class Reconciliations extends Migration {
  override up(): void {
    this.addSql(`
create table reconciliations (
  id text primary key,
  merchant_id text not null,
  integration_id text not null references integrations,
  sync_event_id bigint,
  entity_types text[] not null,
  period_from timestamptz not null,
  period_to timestamptz not null,
  state text not null default 'QUEUED',
  records_read int not null default 0,
  difference_count int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  error_code text,
  error_message text
);
create index on reconciliations (integration_id, created_at, id);
create index on reconciliations (created_at, id);
create index on reconciliations (sync_event_id);

create table reconciliation_differences (
  id text primary key default 'dif_' || replace(gen_random_uuid()::text, '-', ''),
  merchant_id text not null,
  integration_id text not null,
  reconciliation_id text not null references reconciliations on delete cascade,
  entity_type text not null,
  entity_id text,
  external_id text,
  kind text not null,
  field text,
  here_value text,
  there_value text,
  direction text not null,
  details jsonb,
  state text not null default 'OPEN',
  message text,
  sync_event_id bigint,
  created_at timestamptz not null default now(),
  repaired_at timestamptz
);
create index on reconciliation_differences (reconciliation_id, id);
create index on reconciliation_differences (reconciliation_id) where state = 'OPEN';
create index on reconciliation_differences (entity_id) where entity_id is not null;
`);
  }
}
