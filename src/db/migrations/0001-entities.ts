import { Migration } from '@mikro-orm/migrations';

/** What the hub knows of the business: merchants, integrations, orders, invoices, customers, products, stock, links. */
export class Entities extends Migration {
  override up(): void {
    this.addSql(`
create table merchants (
  id text primary key,
  name text not null,
  created_at timestamptz not null default now()
);

create table integrations (
  id text primary key,
  merchant_id text not null references merchants,
  name text not null,
  connector text not null,
  mode text not null default 'HYBRID',
  enabled boolean not null default true,
  sealed_credentials jsonb,
  settings jsonb not null default '{}',
  mappings jsonb not null default '{}',
  configured_by text not null default 'API',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index on integrations (merchant_id);
create function integration_changed() returns trigger language plpgsql as $$
begin perform pg_notify('integration_changed', ''); return null; end $$;
create trigger integration_changed after insert or update or delete on integrations
  for each statement execute function integration_changed();

create table customers (
  id text primary key,
  merchant_id text not null references merchants,
  reference text,
  name text,
  email text,
  phone text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (merchant_id, reference)
);

create index on customers (merchant_id, lower(email));

create table orders (
  id text primary key,
  merchant_id text not null references merchants,
  number text not null,
  status text not null,
  currency text not null,
  customer_id text references customers,
  subtotal numeric not null,
  tax numeric not null,
  shipping numeric not null,
  discount numeric not null,
  grand_total numeric not null,
  shipping_name text, shipping_company text, shipping_line1 text, shipping_line2 text, shipping_city text,
  shipping_region text, shipping_postal_code text, shipping_country text, shipping_phone text,
  billing_name text, billing_company text, billing_line1 text, billing_line2 text, billing_city text,
  billing_region text, billing_postal_code text, billing_country text, billing_phone text,
  delivery_method text,
  tracking_numbers text[] not null default '{}',
  placed_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (merchant_id, number)
);
create index on orders (merchant_id, placed_at, id);
create index on orders (merchant_id, status, placed_at, id);
create index on orders (placed_at, id);
create index on orders (customer_id);

create table order_lines (
  order_id text not null references orders on delete cascade,
  line_no int not null,
  merchant_id text not null,
  sku text not null,
  name text,
  quantity int not null,
  unit_price numeric not null,
  total numeric not null,
  primary key (order_id, line_no)
);

create table invoices (
  id text primary key,
  merchant_id text not null references merchants,
  order_id text references orders,
  number text not null,
  status text not null,
  currency text not null,
  subtotal numeric not null,
  tax numeric not null,
  total numeric not null,
  paid_amount numeric not null default 0,
  issued_at timestamptz not null,
  due_at timestamptz,
  paid_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (merchant_id, number)
);
create index on invoices (order_id);
create index on invoices (merchant_id, issued_at, id);
create index on invoices (issued_at, id);

create table products (
  id text primary key,
  merchant_id text not null references merchants,
  sku text not null,
  name text not null,
  brand text,
  barcode text,
  price numeric,
  currency text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (merchant_id, sku)
);

create table inventory_levels (
  id text primary key,
  merchant_id text not null references merchants,
  integration_id text not null references integrations,
  product_id text references products,
  sku text not null,
  location text not null default '',
  on_hand int not null,
  reserved int not null default 0,
  available int not null,
  source text not null default 'live',
  read_at timestamptz not null,
  updated_at timestamptz not null default now(),
  unique (integration_id, sku, location)
);
create index on inventory_levels (merchant_id, sku, id);

create table payouts (
  id text primary key,
  merchant_id text not null references merchants,
  order_id text not null references orders,
  recipient text not null,
  share numeric not null,
  amount numeric not null,
  currency text not null,
  created_at timestamptz not null default now()
);
create index on payouts (order_id);

create table links (
  id bigint generated always as identity primary key,
  merchant_id text not null,
  integration_id text not null references integrations,
  entity_type text not null,
  entity_id text not null,
  external_id text,
  external_number text,
  state text not null default 'PENDING',
  synced_at timestamptz,
  last_error text,
  source_at timestamptz,
  source_rank smallint,
  unique (entity_id, entity_type, integration_id)
) with (fillfactor = 70);
create unique index links_external_id on links (integration_id, entity_type, external_id) where external_id is not null;

create table alerts (
  id text primary key,
  merchant_id text,
  integration_id text references integrations,
  kind text not null,
  severity text not null,
  message text not null,
  advice text not null,
  opened_at timestamptz not null default now(),
  closed_at timestamptz
);
create index on alerts (opened_at, id);
create unique index alerts_open on alerts (kind, integration_id) nulls not distinct where closed_at is null;
`);
  }
}
