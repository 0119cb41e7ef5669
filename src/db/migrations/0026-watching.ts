import { Migration } from '@mikro-orm/migrations';

/** What instances use, beside their memory; how many webhooks wait and since when, from an index; alerts on those. */
export class Watching extends Migration {
  override up(): void {
    this.addSql(`
alter table instance_loads add column memory_bytes bigint, add column cpu_ratio float8;
alter table alerts add column link text;

create index webhook_events_waiting_since on webhook_events (integration_id, created_at)
  where status = 'FAILED' and error_code = 'UNKNOWN_ENTITY';

insert into alert_rules (id, kind, comparison, threshold, clear_threshold, severity) values
  ('waiting-webhooks', 'WAITING_WEBHOOKS', 'ABOVE', 1000, 800, 'WARNING'),
  ('waiting-webhook-age', 'WAITING_WEBHOOK_AGE', 'ABOVE', 86400000, 86400000, 'WARNING');
`);
  }
}
