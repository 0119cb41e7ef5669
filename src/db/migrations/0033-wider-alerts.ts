import { Migration } from '@mikro-orm/migrations';

/** Dead letters of every connector ring, not those of one; the hub's whole queue and security events are watched. */
export class WiderAlerts extends Migration {
  override up(): void {
    this.addSql(`
update alert_rules set id = 'dead-letters', connector = null where id = 'extensiv-export-exhausted' and not exists (
  select from alert_rules where kind = 'EXPORT_EXHAUSTED' and connector is null and integration_id is null);
update alerts set rule_id = 'dead-letters'
where rule_id = 'extensiv-export-exhausted' and exists (select from alert_rules where id = 'dead-letters');

insert into alert_rules (id, kind, threshold, clear_threshold, window_ms, severity) values
  ('hub-queue-size', 'HUB_QUEUE_SIZE', 1000, 800, 900000, 'WARNING'),
  ('security-events', 'SECURITY_EVENTS', 100, 50, 300000, 'WARNING');
`);
  }
}
