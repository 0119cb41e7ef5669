import { Migration } from '@mikro-orm/migrations';

/** The truth about jobs: who runs which, until when, and how the last run went. Agenda's own rows are only its timers. */
export class Jobs extends Migration {
  override up(): void {
    this.addSql(`
create table jobs (
  name text primary key,
  schedule text not null,
  paused boolean not null default false,
  next_run_at timestamptz not null,
  asked_at timestamptz,
  owner text,
  lease timestamptz,
  token bigint not null default 0,
  started_at timestamptz,
  finished_at timestamptz,
  outcome text,
  error text,
  duration_ms int,
  progress int
);
`);
  }
}
