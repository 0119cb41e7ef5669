import { Migration } from '@mikro-orm/migrations';

/** Whose turn it is to be read is kept in one place. */
export class OneSchedule extends Migration {
  override up(): void {
    this.addSql('alter table pull_states drop column asked_at;');
    this.addSql(`delete from jobs where name = 'poll-integrations';`);
  }
}
