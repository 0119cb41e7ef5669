import { Migration } from '@mikro-orm/migrations';

/** An audit entry tells how long its mutation took. */
export class AuditDuration extends Migration {
  override up(): void {
    this.addSql('alter table audit_entries add column duration_ms int;');
  }
}
