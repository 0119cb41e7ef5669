import { Migration } from '@mikro-orm/migrations';

/** The server and the database in it, which a copy does not share. */
const CLUSTER = `(
  select format('%s/%s', (select system_identifier from pg_control_system()), oid)
  from pg_database where datname = current_database()
)`;

/** The feed: changes, and the sealed batches that give them a gapless position. */
export class Feed extends Migration {
  override up(): void {
    this.addSql(`
create table changes (
  xid xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  kind text not null,
  merchant_id text not null,
  entity_type text not null,
  entity_id text not null,
  integration_id text,
  sync_event_id bigint,
  data jsonb not null default '{}',
  at timestamptz not null default clock_timestamp(),
  primary key (xid, id)
);

create table change_batches (
  no bigint primary key,
  position bigint not null,
  snapshot pg_snapshot not null,
  sealed_at timestamptz not null default clock_timestamp()
);
create index on change_batches (position);
insert into change_batches values (0, 0, pg_current_snapshot());

create table feed_epochs (
  number int generated always as identity primary key,
  id bigint not null unique,
  cluster text not null,
  from_position bigint not null,
  began_at timestamptz not null default clock_timestamp()
);
insert into feed_epochs (id, cluster, from_position)
select floor(random() * 4294967296)::bigint, ${CLUSTER}, 0;
`);
  }
}
