import { Migration } from '@mikro-orm/migrations';

/** The inbox: every received webhook, once per event identity. */
export class Inbox extends Migration {
  override up(): void {
    this.addSql(`
create table webhook_events (
  id text primary key,
  merchant_id text not null,
  integration_id text not null,
  event_id text not null,
  event_type text not null,
  entity_type text,
  entity_id text,
  external_id text,
  status text not null,
  payload jsonb,
  event jsonb not null,
  raw_body bytea not null,
  headers jsonb not null default '{}',
  answer jsonb,
  error_code text,
  error_message text,
  occurred_at timestamptz not null,
  created_at timestamptz not null default now(),
  processed_at timestamptz,
  unique (integration_id, event_id)
);
create index on webhook_events (created_at, id);
create index webhook_events_entity on webhook_events (entity_id, id) where entity_id is not null;
create index webhook_events_waiting_external on webhook_events (integration_id, entity_type, external_id)
  where status = 'FAILED' and error_code = 'UNKNOWN_ENTITY';
create index webhook_events_waiting_number on webhook_events (merchant_id, entity_type, (event ->> 'number'))
  where status = 'FAILED' and error_code = 'UNKNOWN_ENTITY';
create index webhook_events_waiting_entity on webhook_events (merchant_id, entity_type, (event ->> 'entityId'))
  where status = 'FAILED' and error_code = 'UNKNOWN_ENTITY';
`);
  }
}
