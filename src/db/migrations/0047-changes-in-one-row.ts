import { Migration } from '@mikro-orm/migrations';

/**
 * A row may hold several changes of one entity that follow each other: itself and those in `more`, a JSON array of
 * `{ kind, syncEventId, data }`. `size` says how many they are, and so how many positions of the feed the row takes.
 */
export class ChangesInOneRow extends Migration {
  override up(): void {
    this.addSql('alter table changes add column size int not null default 1, add column more json');
  }
}
