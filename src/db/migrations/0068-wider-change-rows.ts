import { Migration } from '@mikro-orm/migrations';

/** Rows of `changes` are kept as they are up to 4 kB, two a page: compressing them from 2 kB on took longer than writing them. */
export class WiderChangeRows extends Migration {
  override up(): void {
    this.addSql('alter table changes set (toast_tuple_target = 4080)');
  }
}
