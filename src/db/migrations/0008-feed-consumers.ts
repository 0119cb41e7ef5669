import { Migration } from '@mikro-orm/migrations';

/** How far the hub's own readers of the feed have come; their cursor moves in the transaction of what they do. */
export class FeedConsumers extends Migration {
  override up(): void {
    this.addSql(`
create table feed_consumers (
  name text primary key,
  cursor text not null,
  leased_by text,
  leased_until timestamptz,
  moved_at timestamptz not null default now()
);
`);
  }
}
