import { Migration } from '@mikro-orm/migrations';

/** Products and stock come by the million, each run for one integration that is there: decision 27. */
export class BulkRows extends Migration {
  override up(): void {
    this.addSql(`
alter table products drop constraint products_merchant_id_fkey, drop constraint products_source_integration_id_fkey;
alter table inventory_levels drop constraint inventory_levels_merchant_id_fkey, drop constraint inventory_levels_integration_id_fkey;
`);
  }
}
