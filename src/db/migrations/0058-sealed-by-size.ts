import { Migration } from '@mikro-orm/migrations';

/**
 * While all instances are changed one by one, some still count rows, not the changes in them, and would give positions
 * twice. A column that they do not fill in keeps them from sealing: their subscribers are ended and resume elsewhere.
 */
export class SealedBySize extends Migration {
  override up(): void {
    this.addSql('alter table change_batches add column by_size boolean not null default true');
    this.addSql('alter table change_batches alter column by_size drop default');
  }
}
