import { Migration } from '@mikro-orm/migrations';

/** Records that a comparison could not read are kept as the rows of pulls are. */
export class RecordProblems extends Migration {
  override up(): void {
    this.addSql(`
alter table row_problems alter column pull_id drop not null, add column created_at timestamptz not null default now();
create index on row_problems (created_at, id) where pull_id is null;
alter table reconciliations add column problem_count int not null default 0;
`);
  }
}
