import { Migration } from '@mikro-orm/migrations';

/** Who may, and who did: API keys, audit entries, the idempotency keys of callers. */
export class Access extends Migration {
  override up(): void {
    this.addSql(`
create table api_keys (
  id text primary key,
  merchant_id text references merchants,
  name text not null,
  hash text not null unique,
  role text not null,
  permissions text[] not null default '{}',
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);

create table audit_entries (
  id bigint generated always as identity primary key,
  merchant_id text,
  actor text not null,
  action text not null,
  entity_type text,
  entity_id text,
  integration_id text,
  outcome text not null,
  details jsonb not null default '{}',
  request_id text,
  at timestamptz not null default now()
);
create index on audit_entries (entity_id, id) where entity_id is not null;
create function audit_entries_are_final() returns trigger language plpgsql as $$
begin raise exception 'audit entries are append-only'; end $$;
create trigger audit_entries_final before update or delete on audit_entries
  for each row execute function audit_entries_are_final();
create trigger audit_entries_kept before truncate on audit_entries
  for each statement execute function audit_entries_are_final();

create table idempotency_keys (
  merchant_id text not null,
  operation text not null,
  key text not null,
  request_hash text not null,
  result_id text not null,
  created_at timestamptz not null default now(),
  primary key (merchant_id, operation, key)
);
create index on idempotency_keys (created_at);
`);
  }
}
