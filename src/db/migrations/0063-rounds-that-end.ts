import { Migration } from '@mikro-orm/migrations';

/** A sync event knows whose news it carries on; two systems that answer each other without end ring. */
export class RoundsThatEnd extends Migration {
  override up(): void {
    this.addSql(`
alter table sync_events add told_by text;
alter table sync_events alter column told_by set statistics 10;
create index sync_events_loops on sync_events (integration_id, entity_id) where error_code = 'SYNC_LOOP';
insert into alert_rules (id, kind, comparison, threshold, clear_threshold, window_ms, severity)
values ('sync-loop', 'SYNC_LOOP', 'AT_LEAST', 1, 1, 86400000, 'WARNING');
`);
  }
}
