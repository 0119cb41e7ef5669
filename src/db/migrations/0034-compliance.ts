import { Migration } from '@mikro-orm/migrations';

/** What role whoever did it had; and the audit log is found by time, from an index that costs next to nothing. */
export class Compliance extends Migration {
  override up(): void {
    this.addSql(`
alter table audit_entries add column actor_role text;
create index audit_entries_at on audit_entries using brin (at) with (pages_per_range = 16, autosummarize = on);
`);
  }
}
