import { Migration } from '@mikro-orm/migrations';

/** What a webhook or a change belongs to, so that what the hub does because of it goes on with the same trace. */
export class WholeTraces extends Migration {
  override up(): void {
    this.addSql(`
alter table changes add column traceparent text;
alter table webhook_events add column traceparent text;
`);
  }
}
