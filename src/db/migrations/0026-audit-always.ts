import { Migration } from '@mikro-orm/migrations';

/** The triggers that keep audit entries as they are hold in sessions that replicate, too, which skip ordinary ones. */
export class AuditAlways extends Migration {
  override up(): void {
    this.addSql(`
alter table audit_entries enable always trigger audit_entries_final;
alter table audit_entries enable always trigger audit_entries_kept;
`);
  }
}
