import { Migration } from '@mikro-orm/migrations';

/**
 * The outbox: lanes (one per link), sync events, their attempts, the gate of each integration, living instances.
 * What changes with every claim and settle (token, lease, owner, status, times) stands in no index, so that those
 * updates stay within their page (HOT); the fill factors leave them room.
 */
export class Outbox extends Migration {
  override up(): void {
    this.addSql(`
create table lanes (
  id bigint primary key,
  integration_id text not null,
  head bigint not null default 0,
  tail bigint not null default 0,
  due timestamptz,
  priority smallint not null default 0,
  lease timestamptz,
  token bigint not null default 0,
  attempts int not null default 0,
  owner int,
  depth int not null default 0,
  parked boolean not null default false
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index lanes_due on lanes (integration_id, priority desc, due) where due is not null;
create index lanes_parked on lanes (id) where parked;

create table sync_events (
  id bigint generated always as identity primary key,
  lane_id bigint,
  seq bigint,
  merchant_id text not null,
  integration_id text not null,
  entity_type text not null,
  entity_id text not null,
  external_id text,
  operation text not null,
  direction text not null,
  status text not null default 'PENDING',
  payload jsonb,
  error_code text,
  error_message text,
  attempt_count int not null default 0,
  forgiven_attempts int not null default 0,
  max_attempts int not null,
  next_attempt_at timestamptz,
  idempotency_key text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  processed_at timestamptz
) with (fillfactor = 50);
create unique index sync_events_lane on sync_events (lane_id, seq) where lane_id is not null;
create index sync_events_entity on sync_events (entity_id, id);

create table sync_attempts (
  sync_event_id bigint not null,
  number int not null,
  merchant_id text not null,
  token bigint not null,
  owner int not null,
  started_at timestamptz not null,
  duration_ms int,
  outcome text not null,
  request jsonb,
  response jsonb,
  http_status int,
  error_code text,
  error_message text,
  primary key (sync_event_id, number)
);

create table integration_gates (
  integration_id text primary key references integrations on delete cascade,
  tokens double precision not null default 1,
  refilled_at timestamptz not null default now(),
  circuit text not null default 'CLOSED',
  failures int not null default 0,
  open_until timestamptz,
  probe_lane bigint,
  hold_until timestamptz,
  checked_at timestamptz,
  latency_ms int,
  reachable boolean,
  last_error text,
  failed_checks int not null default 0
) with (fillfactor = 50);

create table instances (
  id int generated always as identity primary key,
  started_at timestamptz not null default now()
);
`);
  }
}
