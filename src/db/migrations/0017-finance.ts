import { Migration } from '@mikro-orm/migrations';

/**
 * Transactions and billing subscriptions; and lanes that wait until another entity's link has its external id. When it
 * gets one, by whichever way, the trigger makes those lanes due at once. A lane that is held just then is left to its own
 * next look.
 */
export class Finance extends Migration {
  override up(): void {
    this.addSql(`
create table transactions (
  id text primary key,
  merchant_id text not null references merchants,
  reference text not null,
  type text not null,
  status text not null,
  amount numeric not null,
  currency text not null,
  description text,
  customer_id text references customers,
  order_id text references orders,
  occurred_at timestamptz not null,
  source_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (merchant_id, reference)
);
create index on transactions (merchant_id, occurred_at, id);
create index on transactions (occurred_at, id);
create index on transactions (customer_id);
create index on transactions (order_id);

create table billing_subscriptions (
  id text primary key,
  merchant_id text not null references merchants,
  reference text not null,
  plan text not null,
  status text not null,
  amount numeric not null,
  currency text not null,
  billing_interval text not null,
  customer_id text references customers,
  started_at timestamptz not null,
  current_period_start timestamptz,
  current_period_end timestamptz,
  cancel_at_period_end boolean not null default false,
  cancelled_at timestamptz,
  source_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (merchant_id, reference)
);
create index on billing_subscriptions (merchant_id, started_at, id);
create index on billing_subscriptions (started_at, id);
create index on billing_subscriptions (customer_id);

create index on customers (merchant_id, created_at, id);
create index on customers (created_at, id);

create table lane_waits (
  lane_id bigint not null,
  link_id bigint not null,
  since timestamptz not null default now(),
  primary key (link_id, lane_id)
);
create index on lane_waits (lane_id);

create function wake_waiting_lanes() returns trigger language plpgsql as $$
begin
  update lanes set due = now()
  where due > now() and id in (
    select l.id from lanes l join lane_waits w on w.lane_id = l.id and w.link_id = new.id
    order by l.id for no key update of l skip locked);
  if found then perform pg_notify('syncline_outbox', ''); end if;
  delete from lane_waits where link_id = new.id;
  return null;
end $$;
create trigger link_found after update of external_id on links
  for each row when (old.external_id is null and new.external_id is not null) execute function wake_waiting_lanes();
`);
  }
}
