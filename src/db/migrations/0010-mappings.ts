import { Migration } from '@mikro-orm/migrations';

/** Integrations as data: versioned field mappings, registered webhooks, polling schedules. */
export class FieldMappings extends Migration {
  override up(): void {
    this.addSql(`
create table mappings (
  id text primary key,
  merchant_id text not null references merchants,
  integration_id text not null references integrations,
  entity_type text not null,
  direction text not null,
  published_version int,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (integration_id, entity_type, direction)
);

create table mapping_versions (
  id text primary key,
  merchant_id text not null references merchants,
  mapping_id text not null references mappings,
  version int not null,
  status text not null default 'DRAFT',
  rules jsonb not null,
  note text,
  created_by text not null,
  created_at timestamptz not null default now(),
  published_by text,
  published_at timestamptz,
  unique (mapping_id, version)
);
create unique index mapping_versions_published on mapping_versions (mapping_id) where status = 'PUBLISHED';

create table webhook_registrations (
  integration_id text primary key references integrations,
  merchant_id text not null references merchants,
  url text not null,
  events text[] not null,
  sealed_secret jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger integration_changed after insert or update or delete on webhook_registrations
  for each statement execute function integration_changed();

create table polling_schedules (
  integration_id text primary key references integrations,
  merchant_id text not null references merchants,
  schedule text not null,
  next_run_at timestamptz not null,
  last_run_at timestamptz,
  last_error text
);
`);
  }
}
