import { Migration } from '@mikro-orm/migrations';

/** An event that bears a time far ahead counts as having happened when it was received, and keeps what it bore. */
export class FutureEvents extends Migration {
  override up(): void {
    this.addSql('alter table webhook_events add column dated_at timestamptz');
  }
}
