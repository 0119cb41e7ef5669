import { Migration } from '@mikro-orm/migrations';

/** Some records of what was pulled last, to try field mappings on; and the columns of a file that nothing was made of. */
export class PullSamples extends Migration {
  override up(): void {
    this.addSql(`
create table pull_samples (
  id text primary key,
  merchant_id text not null,
  integration_id text not null references integrations,
  entity_type text not null,
  pull_id text not null references pulls on delete cascade,
  record jsonb not null,
  own_row jsonb not null,
  created_at timestamptz not null default clock_timestamp()
);
create index on pull_samples (integration_id, entity_type, id);
create index on pull_samples (pull_id);
alter table import_files add column unused_columns text[] not null default '{}',
  add column column_hints text[] not null default '{}';
`);
  }
}
