import { Migration } from '@mikro-orm/migrations';

/** What people add to an order or an invoice in words. */
export class Notes extends Migration {
  override up(): void {
    this.addSql('alter table orders add notes text');
    this.addSql('alter table invoices add notes text');
  }
}
