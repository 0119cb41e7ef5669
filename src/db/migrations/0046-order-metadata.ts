import { Migration } from '@mikro-orm/migrations';

/** What the systems of an order keep with it and the hub has no column for, e.g. `delivery_zone`. */
export class OrderMetadata extends Migration {
  override up(): void {
    this.addSql(`alter table orders add metadata jsonb check (jsonb_typeof(metadata) = 'object')`);
  }
}
