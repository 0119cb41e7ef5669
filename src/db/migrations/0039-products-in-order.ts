import { Migration } from '@mikro-orm/migrations';

/** The order of the list of products, for those who see all merchants' products: without it each page sorts them all. */
export class ProductsInOrder extends Migration {
  override up(): void {
    this.addSql('create index products_in_order on products (sku, id);');
  }
}
