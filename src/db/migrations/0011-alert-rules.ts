import { Migration } from '@mikro-orm/migrations';

/** Alert rules as data, with the documented defaults; what an alert measured; how full the memory of each instance is. */
export class AlertRules extends Migration {
  override up(): void {
    this.addSql(`
create table alert_rules (
  id text primary key,
  kind text not null,
  connector text,
  integration_id text references integrations on delete cascade,
  comparison text not null default 'ABOVE',
  threshold float8 not null,
  clear_threshold float8 not null,
  window_ms int not null default 900000,
  min_samples int not null default 1,
  severity text not null default 'WARNING',
  enabled boolean not null default true,
  notify boolean not null default true,
  updated_at timestamptz not null default now(),
  unique nulls not distinct (kind, connector, integration_id)
);
insert into alert_rules (id, kind, connector, comparison, threshold, clear_threshold, min_samples, severity) values
  ('error-rate', 'ERROR_RATE', null, 'ABOVE', 0.05, 0.04, 10, 'WARNING'),
  ('response-time', 'RESPONSE_TIME', null, 'ABOVE', 1000, 800, 10, 'WARNING'),
  ('queue-size', 'QUEUE_SIZE', null, 'ABOVE', 1000, 800, 1, 'WARNING'),
  ('memory', 'MEMORY', null, 'ABOVE', 0.85, 0.8, 1, 'CRITICAL'),
  ('connection-failures', 'CONNECTOR_DOWN', null, 'AT_LEAST', 3, 1, 1, 'CRITICAL'),
  ('circuit-open', 'CIRCUIT_OPEN', null, 'AT_LEAST', 1, 1, 1, 'CRITICAL'),
  ('flasherp-unhealthy', 'UNHEALTHY', 'flasherp', 'AT_LEAST', 1, 1, 1, 'WARNING'),
  ('flasherp-failure-rate', 'FAILURE_RATE', 'flasherp', 'ABOVE', 0.05, 0.04, 10, 'WARNING'),
  ('flasherp-retry-queue', 'RETRY_QUEUE', 'flasherp', 'ABOVE', 100, 80, 1, 'WARNING'),
  ('flasherp-discrepancies', 'DISCREPANCIES', 'flasherp', 'ABOVE', 0, 0, 1, 'WARNING'),
  ('extensiv-export-exhausted', 'EXPORT_EXHAUSTED', 'extensiv', 'ABOVE', 0, 0, 1, 'CRITICAL');
update alert_rules set window_ms = 86400000 where kind = 'DISCREPANCIES';

alter table alerts add column rule_id text, add column measured float8, add column threshold float8, add column remedy text,
  add column acknowledged_at timestamptz, add column acknowledged_by text;

create table instance_loads (
  owner text primary key,
  memory_ratio float8 not null,
  at timestamptz not null default now()
);
`);
  }
}
