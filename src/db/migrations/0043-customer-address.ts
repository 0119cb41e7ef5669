import { Migration } from '@mikro-orm/migrations';

/** Where a customer is; there is none where `address_line1` is null. */
export class CustomerAddress extends Migration {
  override up(): void {
    this.addSql(`
alter table customers
  add address_name text, add address_company text, add address_line1 text, add address_line2 text, add address_city text,
  add address_region text, add address_postal_code text, add address_country text, add address_phone text`);
  }
}
