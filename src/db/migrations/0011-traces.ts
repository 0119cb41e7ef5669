import { Migration } from '@mikro-orm/migrations';

/** The W3C trace context of the request that caused a sync event, so that its attempts go on with the same trace. */
export class Traces extends Migration {
  override up(): void {
    this.addSql('alter table sync_events add column traceparent text;');
  }
}
