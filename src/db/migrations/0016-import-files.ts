import { Migration } from '@mikro-orm/migrations';

/** Files that were handed over, each once, and what became of them. */
export class ImportFiles extends Migration {
  override up(): void {
    this.addSql(`
create table import_files (
  id text primary key,
  merchant_id text not null,
  integration_id text not null references integrations,
  name text not null,
  entity_type text,
  source text not null,
  status text not null default 'WAITING',
  content_hash text not null,
  size_bytes bigint not null,
  repeat_count int not null default 0,
  rows_read int not null default 0,
  rows_changed int not null default 0,
  problem_count int not null default 0,
  sync_event_id bigint,
  error_code text,
  error_message text,
  received_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz
) with (fillfactor = 70);
create index on import_files (integration_id, content_hash);
create index on import_files (integration_id, entity_type, received_at) where status in ('WAITING', 'PROCESSING');
create index on import_files (received_at, id);
`);
  }
}
