import { Migration } from '@mikro-orm/migrations';

/** Messages to people: what is to be said, to whom, and whether it was. */
export class Notifications extends Migration {
  override up(): void {
    this.addSql(`
create table notifications (
  id text primary key,
  merchant_id text references merchants,
  kind text not null,
  entity_type text,
  entity_id text,
  integration_id text,
  dedup_key text not null,
  subject text not null,
  body text not null,
  recipients text[] not null default '{}',
  status text not null default 'PENDING',
  attempts int not null default 0,
  token bigint not null default 0,
  due_at timestamptz not null default now(),
  sent_by text[] not null default '{}',
  last_error text,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  unique nulls not distinct (merchant_id, dedup_key)
);
create index notifications_due on notifications (due_at) where status = 'PENDING';
create index on notifications (created_at, id);
create index on notifications (entity_id) where entity_id is not null;
`);
  }
}
