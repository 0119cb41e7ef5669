-- Written by `npm run generate` from the migrations. Do not edit.

create extension pg_trgm;

create table alert_rules (
  id text not null,
  kind text not null,
  connector text,
  integration_id text,
  comparison text default 'ABOVE'::text not null,
  threshold double precision not null,
  clear_threshold double precision not null,
  window_ms integer default 900000 not null,
  min_samples integer default 1 not null,
  severity text default 'WARNING'::text not null,
  enabled boolean default true not null,
  notify boolean default true not null,
  updated_at timestamp with time zone default now() not null,
  UNIQUE NULLS NOT DISTINCT (kind, connector, integration_id),
  PRIMARY KEY (id),
  FOREIGN KEY (integration_id) REFERENCES integrations(id) ON DELETE CASCADE
);

create table alerts (
  id text not null,
  merchant_id text,
  integration_id text,
  kind text not null,
  severity text not null,
  message text not null,
  advice text not null,
  opened_at timestamp with time zone default now() not null,
  closed_at timestamp with time zone,
  rule_id text,
  measured double precision,
  threshold double precision,
  remedy text,
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  link text,
  order_id text,
  PRIMARY KEY (id),
  FOREIGN KEY (integration_id) REFERENCES integrations(id),
  FOREIGN KEY (order_id) REFERENCES orders(id) ON DELETE CASCADE
);
CREATE INDEX alerts_of_orders ON public.alerts USING btree (order_id) WHERE (order_id IS NOT NULL);
CREATE INDEX alerts_opened_at_id_idx ON public.alerts USING btree (opened_at, id);
CREATE UNIQUE INDEX alerts_open ON public.alerts USING btree (kind, integration_id, order_id) NULLS NOT DISTINCT WHERE (closed_at IS NULL);

create table api_keys (
  id text not null,
  merchant_id text,
  name text not null,
  hash text not null,
  role text not null,
  permissions text[] default '{}'::text[] not null,
  created_at timestamp with time zone default now() not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  UNIQUE (hash),
  PRIMARY KEY (id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);

create table audit_entries (
  id bigint generated always as identity not null,
  merchant_id text,
  actor text not null,
  action text not null,
  entity_type text,
  entity_id text,
  integration_id text,
  outcome text not null,
  details jsonb default '{}'::jsonb not null,
  request_id text,
  at timestamp with time zone default now() not null,
  duration_ms integer,
  actor_role text,
  PRIMARY KEY (id)
);
CREATE INDEX audit_entries_at ON public.audit_entries USING brin (at) WITH (pages_per_range='16', autosummarize='on');
CREATE INDEX audit_entries_entity_id_id_idx ON public.audit_entries USING btree (entity_id, id) WHERE (entity_id IS NOT NULL);
CREATE TRIGGER audit_entries_final BEFORE DELETE OR UPDATE ON public.audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entries_are_final();
CREATE TRIGGER audit_entries_kept BEFORE TRUNCATE ON public.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_are_final();

create table billing_subscriptions (
  id text not null,
  merchant_id text not null,
  reference text not null,
  plan text not null,
  status text not null,
  amount numeric not null,
  currency text not null,
  billing_interval text not null,
  customer_id text,
  started_at timestamp with time zone not null,
  current_period_start timestamp with time zone,
  current_period_end timestamp with time zone,
  cancel_at_period_end boolean default false not null,
  cancelled_at timestamp with time zone,
  source_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  UNIQUE (merchant_id, reference),
  PRIMARY KEY (id),
  FOREIGN KEY (customer_id) REFERENCES customers(id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
CREATE INDEX billing_subscriptions_customer_id_idx ON public.billing_subscriptions USING btree (customer_id);
CREATE INDEX billing_subscriptions_merchant_id_started_at_id_idx ON public.billing_subscriptions USING btree (merchant_id, started_at, id);
CREATE INDEX billing_subscriptions_search ON public.billing_subscriptions USING gin (lower(((COALESCE(reference, ''::text) || '
'::text) || COALESCE(plan, ''::text))) gin_trgm_ops);
CREATE INDEX billing_subscriptions_started_at_id_idx ON public.billing_subscriptions USING btree (started_at, id);

create table brands (
  id text not null,
  merchant_id text not null,
  name text not null,
  created_at timestamp with time zone default now() not null,
  payout_percent numeric,
  PRIMARY KEY (id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  CHECK (((payout_percent >= (0)::numeric) AND (payout_percent <= (100)::numeric)))
);
CREATE UNIQUE INDEX brands_name ON public.brands USING btree (merchant_id, lower(name));

create table catalogue_versions (
  merchant_id text not null,
  version bigint not null,
  PRIMARY KEY (merchant_id)
) with (fillfactor=50);

create table change_batches (
  no bigint not null,
  "position" bigint not null,
  snapshot pg_snapshot not null,
  sealed_at timestamp with time zone default clock_timestamp() not null,
  by_size boolean not null,
  PRIMARY KEY (no)
);
CREATE INDEX change_batches_position_idx ON public.change_batches USING btree ("position");

create table changes (
  xid xid8 default pg_current_xact_id() not null,
  id bigint generated always as identity not null,
  kind text not null,
  merchant_id text not null,
  entity_type text not null,
  entity_id text not null,
  integration_id text,
  sync_event_id bigint,
  data jsonb default '{}'::jsonb not null,
  at timestamp with time zone default clock_timestamp() not null,
  traceparent text,
  size integer default 1 not null,
  more json,
  PRIMARY KEY (xid, id)
) with (toast_tuple_target=4080);
CREATE INDEX changes_status ON public.changes USING btree (entity_id) WHERE (kind = ANY (ARRAY['order.status_changed'::text, 'invoice.status_changed'::text]));

create table connector_traits (
  name text not null,
  takes_invoiced_orders boolean not null,
  status_mappings text[] not null,
  redrives text default 'USUAL'::text not null,
  PRIMARY KEY (name)
);

create table customers (
  id text not null,
  merchant_id text not null,
  reference text,
  name text,
  email text,
  phone text,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  address_name text,
  address_company text,
  address_line1 text,
  address_line2 text,
  address_city text,
  address_region text,
  address_postal_code text,
  address_country text,
  address_phone text,
  UNIQUE (merchant_id, reference),
  PRIMARY KEY (id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
CREATE INDEX customers_created_at_id_idx ON public.customers USING btree (created_at, id);
CREATE INDEX customers_merchant_id_created_at_id_idx ON public.customers USING btree (merchant_id, created_at, id);
CREATE INDEX customers_merchant_id_lower_idx ON public.customers USING btree (merchant_id, lower(email));
CREATE INDEX customers_search ON public.customers USING gin (lower(((((COALESCE(name, ''::text) || '
'::text) || COALESCE(email, ''::text)) || '
'::text) || COALESCE(reference, ''::text))) gin_trgm_ops);

create table feed_consumers (
  name text not null,
  cursor text not null,
  leased_by text,
  leased_until timestamp with time zone,
  moved_at timestamp with time zone default now() not null,
  PRIMARY KEY (name)
);

create table feed_epochs (
  number integer generated always as identity not null,
  id bigint not null,
  cluster text not null,
  from_position bigint not null,
  began_at timestamp with time zone default clock_timestamp() not null,
  UNIQUE (id),
  PRIMARY KEY (number)
);

create table full_syncs (
  id text not null,
  merchant_id text not null,
  integration_id text not null,
  sync_event_id bigint,
  entity_types text[] not null,
  state text default 'QUEUED'::text not null,
  entity_type text,
  "position" text default ''::text not null,
  total_count integer default 0 not null,
  looked_count integer default 0 not null,
  sent_count integer default 0 not null,
  refused_count integer default 0 not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  finished_at timestamp with time zone,
  error_code text,
  error_message text,
  since timestamp with time zone,
  PRIMARY KEY (id),
  FOREIGN KEY (integration_id) REFERENCES integrations(id)
);
CREATE INDEX full_syncs_created_at_id_idx ON public.full_syncs USING btree (created_at, id);
CREATE INDEX full_syncs_integration_id_created_at_id_idx ON public.full_syncs USING btree (integration_id, created_at, id);
CREATE INDEX full_syncs_sync_event_id_idx ON public.full_syncs USING btree (sync_event_id);

create table idempotency_keys (
  merchant_id text not null,
  operation text not null,
  key text not null,
  request_hash text not null,
  result_id text not null,
  created_at timestamp with time zone default now() not null,
  PRIMARY KEY (merchant_id, operation, key)
);
CREATE INDEX idempotency_keys_created_at_idx ON public.idempotency_keys USING btree (created_at);

create table import_files (
  id text not null,
  merchant_id text not null,
  integration_id text not null,
  name text not null,
  entity_type text,
  source text not null,
  status text default 'WAITING'::text not null,
  content_hash text not null,
  size_bytes bigint not null,
  repeat_count integer default 0 not null,
  rows_read integer default 0 not null,
  rows_changed integer default 0 not null,
  problem_count integer default 0 not null,
  sync_event_id bigint,
  error_code text,
  error_message text,
  received_at timestamp with time zone default clock_timestamp() not null,
  finished_at timestamp with time zone,
  unused_columns text[] default '{}'::text[] not null,
  column_hints text[] default '{}'::text[] not null,
  PRIMARY KEY (id),
  FOREIGN KEY (integration_id) REFERENCES integrations(id)
) with (fillfactor=70);
CREATE INDEX import_files_integration_id_content_hash_idx ON public.import_files USING btree (integration_id, content_hash);
CREATE INDEX import_files_integration_id_entity_type_received_at_idx ON public.import_files USING btree (integration_id, entity_type, received_at) WHERE (status = ANY (ARRAY['WAITING'::text, 'PROCESSING'::text]));
CREATE INDEX import_files_received_at_id_idx ON public.import_files USING btree (received_at, id);

create table instance_loads (
  owner text not null,
  memory_ratio double precision not null,
  at timestamp with time zone default now() not null,
  memory_bytes bigint,
  cpu_ratio double precision,
  PRIMARY KEY (owner)
);

create table instances (
  id integer generated always as identity not null,
  started_at timestamp with time zone default now() not null,
  PRIMARY KEY (id)
);

create table integration_gates (
  integration_id text not null,
  tokens double precision default 1 not null,
  refilled_at timestamp with time zone default now() not null,
  circuit text default 'CLOSED'::text not null,
  failures integer default 0 not null,
  open_until timestamp with time zone,
  probe_lane bigint,
  hold_until timestamp with time zone,
  checked_at timestamp with time zone,
  latency_ms integer,
  reachable boolean,
  last_error text,
  failed_checks integer default 0 not null,
  released_at timestamp with time zone,
  PRIMARY KEY (integration_id),
  FOREIGN KEY (integration_id) REFERENCES integrations(id) ON DELETE CASCADE
) with (fillfactor=50);

create table integration_tasks (
  integration_id text not null,
  merchant_id text not null,
  task text not null,
  schedule text not null,
  next_run_at timestamp with time zone not null,
  last_run_at timestamp with time zone,
  last_error text,
  PRIMARY KEY (integration_id, task),
  FOREIGN KEY (integration_id) REFERENCES integrations(id) ON DELETE CASCADE
);

create table integration_tokens (
  integration_id text not null,
  fingerprint text not null,
  sealed jsonb,
  expires_at timestamp with time zone,
  lease text,
  leased_until timestamp with time zone,
  refusal text,
  refused_until timestamp with time zone,
  PRIMARY KEY (integration_id),
  FOREIGN KEY (integration_id) REFERENCES integrations(id) ON DELETE CASCADE
);

create table integrations (
  id text not null,
  merchant_id text not null,
  name text not null,
  connector text not null,
  mode text default 'HYBRID'::text not null,
  enabled boolean default true not null,
  sealed_credentials jsonb,
  settings jsonb default '{}'::jsonb not null,
  mappings jsonb default '{}'::jsonb not null,
  configured_by text default 'API'::text not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  deleted_at timestamp with time zone,
  disabled_at timestamp with time zone,
  PRIMARY KEY (id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
CREATE INDEX integrations_merchant_id_idx ON public.integrations USING btree (merchant_id);
CREATE TRIGGER integration_changed AFTER INSERT OR DELETE OR UPDATE ON public.integrations FOR EACH STATEMENT EXECUTE FUNCTION integration_changed();
CREATE TRIGGER integration_switched BEFORE INSERT OR UPDATE OF enabled ON public.integrations FOR EACH ROW EXECUTE FUNCTION integration_switched();

create table inventory_levels (
  id text not null,
  merchant_id text not null,
  integration_id text not null,
  product_id text,
  sku text not null,
  location text default ''::text not null,
  on_hand integer not null,
  reserved integer default 0 not null,
  available integer not null,
  source text default 'live'::text not null,
  read_at timestamp with time zone not null,
  updated_at timestamp with time zone default now() not null,
  removed_at timestamp with time zone,
  UNIQUE (integration_id, sku, location),
  PRIMARY KEY (id)
);
CREATE INDEX inventory_levels_merchant_id_sku_id_idx ON public.inventory_levels USING btree (merchant_id, sku, id);

create table invoices (
  id text not null,
  merchant_id text not null,
  order_id text,
  number text not null,
  status text not null,
  currency text not null,
  subtotal numeric not null,
  tax numeric not null,
  total numeric not null,
  paid_amount numeric default 0 not null,
  issued_at timestamp with time zone not null,
  due_at timestamp with time zone,
  paid_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  notes text,
  UNIQUE (merchant_id, number),
  PRIMARY KEY (id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  FOREIGN KEY (order_id) REFERENCES orders(id)
);
CREATE INDEX invoices_issued_at_id_idx ON public.invoices USING btree (issued_at, id);
CREATE INDEX invoices_merchant_id_issued_at_id_idx ON public.invoices USING btree (merchant_id, issued_at, id);
CREATE INDEX invoices_order_id_idx ON public.invoices USING btree (order_id);
CREATE INDEX invoices_search ON public.invoices USING gin (lower(COALESCE(number, ''::text)) gin_trgm_ops);

create table jobs (
  name text not null,
  schedule text not null,
  paused boolean default false not null,
  next_run_at timestamp with time zone not null,
  asked_at timestamp with time zone,
  owner text,
  lease timestamp with time zone,
  token bigint default 0 not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  outcome text,
  error text,
  duration_ms integer,
  progress integer,
  PRIMARY KEY (name)
);

create table lane_waits (
  lane_id bigint not null,
  link_id bigint not null,
  since timestamp with time zone default now() not null,
  PRIMARY KEY (link_id, lane_id)
);
CREATE INDEX lane_waits_lane_id_idx ON public.lane_waits USING btree (lane_id);

create table lanes (
  id bigint not null,
  integration_id text not null,
  head bigint default 0 not null,
  tail bigint default 0 not null,
  due timestamp with time zone,
  priority smallint default 0 not null,
  lease timestamp with time zone,
  token bigint default 0 not null,
  attempts integer default 0 not null,
  owner integer,
  depth integer default 0 not null,
  parked boolean default false not null,
  PRIMARY KEY (id)
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_cost_delay=0);
CREATE INDEX lanes_due ON public.lanes USING btree (integration_id, priority DESC, due) WHERE (due IS NOT NULL);
CREATE INDEX lanes_held ON public.lanes USING btree (integration_id, id) WHERE (due = 'infinity'::timestamp with time zone);
CREATE INDEX lanes_parked ON public.lanes USING btree (id) WHERE parked;

create table links (
  id bigint generated always as identity not null,
  merchant_id text not null,
  integration_id text not null,
  entity_type text not null,
  entity_id text not null,
  external_id text,
  external_number text,
  state text default 'PENDING'::text not null,
  synced_at timestamp with time zone,
  last_error text,
  source_at timestamp with time zone,
  source_rank smallint,
  open_create bigint,
  status_at timestamp with time zone,
  status_rank smallint,
  step_at timestamp with time zone,
  step_from jsonb,
  fields_at timestamp with time zone,
  UNIQUE (entity_id, entity_type, integration_id),
  PRIMARY KEY (id),
  FOREIGN KEY (integration_id) REFERENCES integrations(id)
) with (fillfactor=70);
CREATE UNIQUE INDEX links_external_id ON public.links USING btree (integration_id, entity_type, external_id) WHERE (external_id IS NOT NULL);
CREATE TRIGGER link_found AFTER UPDATE ON public.links REFERENCING NEW TABLE AS links_after FOR EACH STATEMENT EXECUTE FUNCTION wake_waiting_lanes();

create table mapping_versions (
  id text not null,
  merchant_id text not null,
  mapping_id text not null,
  version integer not null,
  status text default 'DRAFT'::text not null,
  rules jsonb not null,
  note text,
  created_by text not null,
  created_at timestamp with time zone default now() not null,
  published_by text,
  published_at timestamp with time zone,
  UNIQUE (mapping_id, version),
  PRIMARY KEY (id),
  FOREIGN KEY (mapping_id) REFERENCES mappings(id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
CREATE UNIQUE INDEX mapping_versions_published ON public.mapping_versions USING btree (mapping_id) WHERE (status = 'PUBLISHED'::text);

create table mappings (
  id text not null,
  merchant_id text not null,
  integration_id text not null,
  entity_type text not null,
  direction text not null,
  published_version integer,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  UNIQUE (integration_id, entity_type, direction),
  PRIMARY KEY (id),
  FOREIGN KEY (integration_id) REFERENCES integrations(id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);

create table merchants (
  id text not null,
  name text not null,
  created_at timestamp with time zone default now() not null,
  payout_percent numeric,
  PRIMARY KEY (id),
  CHECK (((payout_percent >= (0)::numeric) AND (payout_percent <= (100)::numeric)))
);

create table metric_rollups (
  integration_id text not null,
  period text not null,
  at timestamp with time zone not null,
  source text not null,
  entity_type text default ''::text not null,
  operation text default ''::text not null,
  outcome text default ''::text not null,
  error_code text default ''::text not null,
  http_status integer default 0 not null,
  bucket smallint default 0 not null,
  count bigint not null,
  sum_ms bigint default 0 not null,
  first_count bigint default 0 not null,
  wait_ms bigint default 0 not null,
  PRIMARY KEY (integration_id, period, at, source, entity_type, operation, outcome, error_code, http_status, bucket)
) with (fillfactor=80);
CREATE INDEX metric_rollups_period_at_idx ON public.metric_rollups USING btree (period, at);

create table metric_watermark (
  only_row boolean default true not null,
  cluster text not null,
  snapshot pg_snapshot not null,
  rolled_at timestamp with time zone default now() not null,
  PRIMARY KEY (only_row),
  CHECK (only_row)
);

create table notifications (
  id text not null,
  merchant_id text,
  kind text not null,
  entity_type text,
  entity_id text,
  integration_id text,
  dedup_key text not null,
  subject text not null,
  body text not null,
  recipients text[] default '{}'::text[] not null,
  status text default 'PENDING'::text not null,
  attempts integer default 0 not null,
  token bigint default 0 not null,
  due_at timestamp with time zone default now() not null,
  sent_by text[] default '{}'::text[] not null,
  last_error text,
  created_at timestamp with time zone default now() not null,
  sent_at timestamp with time zone,
  UNIQUE NULLS NOT DISTINCT (merchant_id, dedup_key),
  PRIMARY KEY (id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
CREATE INDEX notifications_created_at_id_idx ON public.notifications USING btree (created_at, id);
CREATE INDEX notifications_due ON public.notifications USING btree (due_at) WHERE (status = 'PENDING'::text);
CREATE INDEX notifications_entity_id_idx ON public.notifications USING btree (entity_id) WHERE (entity_id IS NOT NULL);

create table order_lines (
  order_id text not null,
  line_no integer not null,
  merchant_id text not null,
  sku text not null,
  name text,
  quantity integer not null,
  unit_price numeric not null,
  total numeric not null,
  PRIMARY KEY (order_id, line_no),
  FOREIGN KEY (order_id) REFERENCES orders(id) ON DELETE CASCADE
);

create table orders (
  id text not null,
  merchant_id text not null,
  number text not null,
  status text not null,
  currency text not null,
  customer_id text,
  subtotal numeric not null,
  tax numeric not null,
  shipping numeric not null,
  discount numeric not null,
  grand_total numeric not null,
  shipping_name text,
  shipping_company text,
  shipping_line1 text,
  shipping_line2 text,
  shipping_city text,
  shipping_region text,
  shipping_postal_code text,
  shipping_country text,
  shipping_phone text,
  billing_name text,
  billing_company text,
  billing_line1 text,
  billing_line2 text,
  billing_city text,
  billing_region text,
  billing_postal_code text,
  billing_country text,
  billing_phone text,
  delivery_method text,
  tracking_numbers text[] default '{}'::text[] not null,
  placed_at timestamp with time zone not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  notes text,
  metadata jsonb,
  UNIQUE (merchant_id, number),
  PRIMARY KEY (id),
  FOREIGN KEY (customer_id) REFERENCES customers(id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  CHECK ((jsonb_typeof(metadata) = 'object'::text))
);
CREATE INDEX orders_customer_id_idx ON public.orders USING btree (customer_id);
CREATE INDEX orders_merchant_id_placed_at_id_idx ON public.orders USING btree (merchant_id, placed_at, id);
CREATE INDEX orders_merchant_id_status_placed_at_id_idx ON public.orders USING btree (merchant_id, status, placed_at, id);
CREATE INDEX orders_placed_at_id_idx ON public.orders USING btree (placed_at, id);
CREATE INDEX orders_search ON public.orders USING gin (lower(COALESCE(number, ''::text)) gin_trgm_ops);

create table payouts (
  id text not null,
  merchant_id text not null,
  order_id text not null,
  recipient text not null,
  share numeric not null,
  amount numeric not null,
  currency text not null,
  created_at timestamp with time zone default now() not null,
  voided_at timestamp with time zone,
  PRIMARY KEY (id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  FOREIGN KEY (order_id) REFERENCES orders(id)
);
CREATE INDEX payouts_order_id_idx ON public.payouts USING btree (order_id);
CREATE UNIQUE INDEX payouts_recipient ON public.payouts USING btree (order_id, recipient);

create table polling_schedules (
  integration_id text not null,
  merchant_id text not null,
  schedule text not null,
  next_run_at timestamp with time zone not null,
  last_run_at timestamp with time zone,
  last_error text,
  PRIMARY KEY (integration_id),
  FOREIGN KEY (integration_id) REFERENCES integrations(id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);

create table products (
  id text not null,
  merchant_id text not null,
  sku text not null,
  name text not null,
  brand text,
  barcode text,
  price numeric,
  currency text,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  deleted_at timestamp with time zone,
  source_integration_id text,
  thc text,
  batch_number text,
  coa_link text,
  UNIQUE (merchant_id, sku),
  PRIMARY KEY (id)
);
CREATE INDEX products_in_order ON public.products USING btree (sku, id);
CREATE INDEX products_merchant_id_brand_sku_id_idx ON public.products USING btree (merchant_id, brand, sku, id);
CREATE INDEX products_search ON public.products USING gin (lower(((((COALESCE(sku, ''::text) || '
'::text) || COALESCE(name, ''::text)) || '
'::text) || COALESCE(barcode, ''::text))) gin_trgm_ops);
CREATE INDEX products_source_integration_id_sku_idx ON public.products USING btree (source_integration_id, sku) WHERE (source_integration_id IS NOT NULL);
CREATE TRIGGER catalogue_changed AFTER UPDATE ON public.products REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();
CREATE TRIGGER catalogue_grown AFTER INSERT ON public.products REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();
CREATE TRIGGER catalogue_shrunk AFTER DELETE ON public.products REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();

create table pull_samples (
  id text not null,
  merchant_id text not null,
  integration_id text not null,
  entity_type text not null,
  pull_id text not null,
  record jsonb not null,
  own_row jsonb not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  PRIMARY KEY (id),
  FOREIGN KEY (integration_id) REFERENCES integrations(id),
  FOREIGN KEY (pull_id) REFERENCES pulls(id) ON DELETE CASCADE
);
CREATE INDEX pull_samples_integration_id_entity_type_id_idx ON public.pull_samples USING btree (integration_id, entity_type, id);
CREATE INDEX pull_samples_pull_id_idx ON public.pull_samples USING btree (pull_id);

create table pull_states (
  integration_id text not null,
  entity_type text not null,
  watermark timestamp with time zone,
  full_at timestamp with time zone,
  full_wanted boolean default true not null,
  succeeded_at timestamp with time zone,
  fresh_until timestamp with time zone,
  failed_at timestamp with time zone,
  PRIMARY KEY (integration_id, entity_type),
  FOREIGN KEY (integration_id) REFERENCES integrations(id) ON DELETE CASCADE
) with (fillfactor=50);

create table pulls (
  id text not null,
  merchant_id text not null,
  integration_id text not null,
  entity_type text not null,
  sync_event_id bigint not null,
  since timestamp with time zone,
  state text default 'RUNNING'::text not null,
  rows_read integer default 0 not null,
  rows_changed integer default 0 not null,
  rows_removed integer default 0 not null,
  problem_count integer default 0 not null,
  started_at timestamp with time zone default clock_timestamp() not null,
  updated_at timestamp with time zone default clock_timestamp() not null,
  finished_at timestamp with time zone,
  error_code text,
  error_message text,
  PRIMARY KEY (id),
  FOREIGN KEY (integration_id) REFERENCES integrations(id)
) with (fillfactor=50);
CREATE INDEX pulls_integration_id_entity_type_started_at_idx ON public.pulls USING btree (integration_id, entity_type, started_at);
CREATE INDEX pulls_started_at_id_idx ON public.pulls USING btree (started_at, id);
CREATE INDEX pulls_sync_event_id_idx ON public.pulls USING btree (sync_event_id);

create table rate_windows (
  key character varying(255) not null,
  points integer default 0 not null,
  expire bigint,
  PRIMARY KEY (key)
);

create table reconciliation_differences (
  id text default ('dif_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) not null,
  merchant_id text not null,
  integration_id text not null,
  reconciliation_id text not null,
  entity_type text not null,
  entity_id text,
  external_id text,
  kind text not null,
  field text,
  here_value text,
  there_value text,
  direction text not null,
  details jsonb,
  state text default 'OPEN'::text not null,
  message text,
  sync_event_id bigint,
  created_at timestamp with time zone default now() not null,
  repaired_at timestamp with time zone,
  PRIMARY KEY (id),
  FOREIGN KEY (reconciliation_id) REFERENCES reconciliations(id) ON DELETE CASCADE
);
CREATE INDEX reconciliation_differences_entity_id_idx ON public.reconciliation_differences USING btree (entity_id) WHERE (entity_id IS NOT NULL);
CREATE INDEX reconciliation_differences_reconciliation_id_id_idx ON public.reconciliation_differences USING btree (reconciliation_id, id);
CREATE INDEX reconciliation_differences_reconciliation_id_idx ON public.reconciliation_differences USING btree (reconciliation_id) WHERE (state = 'OPEN'::text);
CREATE INDEX reconciliation_differences_sync_event_id_idx ON public.reconciliation_differences USING btree (sync_event_id) WHERE (state = ANY (ARRAY['REPAIRING'::text, 'FAILED'::text]));

create table reconciliations (
  id text not null,
  merchant_id text not null,
  integration_id text not null,
  sync_event_id bigint,
  entity_types text[] not null,
  period_from timestamp with time zone not null,
  period_to timestamp with time zone not null,
  state text default 'QUEUED'::text not null,
  records_read integer default 0 not null,
  difference_count integer default 0 not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  finished_at timestamp with time zone,
  error_code text,
  error_message text,
  problem_count integer default 0 not null,
  PRIMARY KEY (id),
  FOREIGN KEY (integration_id) REFERENCES integrations(id)
);
CREATE INDEX reconciliations_created_at_id_idx ON public.reconciliations USING btree (created_at, id);
CREATE INDEX reconciliations_integration_id_created_at_id_idx ON public.reconciliations USING btree (integration_id, created_at, id);
CREATE INDEX reconciliations_sync_event_id_idx ON public.reconciliations USING btree (sync_event_id);

create table row_problems (
  id bigint generated always as identity not null,
  merchant_id text not null,
  pull_id text,
  sync_event_id bigint not null,
  line integer not null,
  column_name text not null,
  value text not null,
  rule text not null,
  created_at timestamp with time zone default now() not null,
  PRIMARY KEY (id),
  FOREIGN KEY (pull_id) REFERENCES pulls(id) ON DELETE CASCADE
);
CREATE INDEX row_problems_created_at_id_idx ON public.row_problems USING btree (created_at, id) WHERE (pull_id IS NULL);
CREATE INDEX row_problems_pull_id_idx ON public.row_problems USING btree (pull_id);
CREATE INDEX row_problems_sync_event_id_id_idx ON public.row_problems USING btree (sync_event_id, id);

create table schema_migrations (
  id integer default nextval('schema_migrations_id_seq'::regclass) not null,
  name character varying(255) not null,
  executed_at timestamp(6) with time zone default CURRENT_TIMESTAMP(6) not null,
  PRIMARY KEY (id)
);

create table sync_attempts (
  sync_event_id bigint not null,
  number integer not null,
  merchant_id text not null,
  token bigint not null,
  owner integer not null,
  started_at timestamp with time zone not null,
  duration_ms integer,
  outcome text not null,
  request jsonb,
  response jsonb,
  http_status integer,
  error_code text,
  error_message text,
  led_to text,
  xid bigint default ((pg_current_xact_id())::text)::bigint,
  PRIMARY KEY (sync_event_id, number)
);
CREATE INDEX sync_attempts_xid ON public.sync_attempts USING brin (xid) WITH (pages_per_range='16', autosummarize='on');

create table sync_events (
  id bigint generated always as identity not null,
  lane_id bigint,
  seq bigint,
  merchant_id text not null,
  integration_id text not null,
  entity_type text not null,
  entity_id text not null,
  external_id text,
  operation text not null,
  direction text not null,
  status text default 'PENDING'::text not null,
  payload jsonb,
  error_code text,
  error_message text,
  attempt_count integer default 0 not null,
  forgiven_attempts integer default 0 not null,
  max_attempts integer not null,
  next_attempt_at timestamp with time zone,
  idempotency_key text not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  processed_at timestamp with time zone,
  traceparent text,
  told_by text,
  PRIMARY KEY (id)
) with (fillfactor=50);
CREATE INDEX sync_events_created ON public.sync_events USING brin (created_at);
CREATE INDEX sync_events_entity ON public.sync_events USING btree (entity_id, id);
CREATE INDEX sync_events_integration ON public.sync_events USING btree (integration_id, id);
CREATE INDEX sync_events_loops ON public.sync_events USING btree (integration_id, entity_id) WHERE (error_code = 'SYNC_LOOP'::text);
CREATE INDEX sync_events_with_code ON public.sync_events USING btree (id) WHERE (error_code IS NOT NULL);
CREATE UNIQUE INDEX sync_events_lane ON public.sync_events USING btree (lane_id, seq) WHERE (lane_id IS NOT NULL);

create table transactions (
  id text not null,
  merchant_id text not null,
  reference text not null,
  type text not null,
  status text not null,
  amount numeric not null,
  currency text not null,
  description text,
  customer_id text,
  order_id text,
  occurred_at timestamp with time zone not null,
  source_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  refunded numeric,
  UNIQUE (merchant_id, reference),
  PRIMARY KEY (id),
  FOREIGN KEY (customer_id) REFERENCES customers(id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  FOREIGN KEY (order_id) REFERENCES orders(id)
);
CREATE INDEX transactions_customer_id_idx ON public.transactions USING btree (customer_id);
CREATE INDEX transactions_merchant_id_occurred_at_id_idx ON public.transactions USING btree (merchant_id, occurred_at, id);
CREATE INDEX transactions_occurred_at_id_idx ON public.transactions USING btree (occurred_at, id);
CREATE INDEX transactions_order_id_idx ON public.transactions USING btree (order_id);
CREATE INDEX transactions_search ON public.transactions USING gin (lower(((COALESCE(reference, ''::text) || '
'::text) || COALESCE(description, ''::text))) gin_trgm_ops);

create table webhook_events (
  id text not null,
  merchant_id text not null,
  integration_id text not null,
  event_id text not null,
  event_type text not null,
  entity_type text,
  entity_id text,
  external_id text,
  status text not null,
  payload jsonb,
  event jsonb not null,
  raw_body bytea not null,
  headers jsonb default '{}'::jsonb not null,
  answer jsonb,
  error_code text,
  error_message text,
  occurred_at timestamp with time zone not null,
  created_at timestamp with time zone default now() not null,
  processed_at timestamp with time zone,
  xid bigint default ((pg_current_xact_id())::text)::bigint,
  traceparent text,
  dated_at timestamp with time zone,
  UNIQUE (integration_id, event_id),
  PRIMARY KEY (id)
);
CREATE INDEX webhook_events_created_at_id_idx ON public.webhook_events USING btree (created_at, id);
CREATE INDEX webhook_events_entity ON public.webhook_events USING btree (entity_id, id) WHERE (entity_id IS NOT NULL);
CREATE INDEX webhook_events_failed ON public.webhook_events USING btree (created_at, id) WHERE (status = 'FAILED'::text);
CREATE INDEX webhook_events_waiting_entity ON public.webhook_events USING btree (merchant_id, entity_type, ((event ->> 'entityId'::text))) WHERE ((status = 'FAILED'::text) AND (error_code = 'UNKNOWN_ENTITY'::text));
CREATE INDEX webhook_events_waiting_external ON public.webhook_events USING btree (integration_id, entity_type, external_id) WHERE ((status = 'FAILED'::text) AND (error_code = 'UNKNOWN_ENTITY'::text));
CREATE INDEX webhook_events_waiting_number ON public.webhook_events USING btree (merchant_id, entity_type, ((event ->> 'number'::text))) WHERE ((status = 'FAILED'::text) AND (error_code = 'UNKNOWN_ENTITY'::text));
CREATE INDEX webhook_events_waiting_since ON public.webhook_events USING btree (integration_id, created_at) WHERE ((status = 'FAILED'::text) AND (error_code = 'UNKNOWN_ENTITY'::text));
CREATE INDEX webhook_events_xid ON public.webhook_events USING brin (xid) WITH (pages_per_range='16', autosummarize='on');
CREATE TRIGGER webhook_event_turned BEFORE UPDATE OF status ON public.webhook_events FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION webhook_event_turned();

create table webhook_registrations (
  integration_id text not null,
  merchant_id text not null,
  url text not null,
  events text[] not null,
  sealed_secret jsonb,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  PRIMARY KEY (integration_id),
  FOREIGN KEY (integration_id) REFERENCES integrations(id),
  FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
CREATE TRIGGER integration_changed AFTER INSERT OR DELETE OR UPDATE ON public.webhook_registrations FOR EACH STATEMENT EXECUTE FUNCTION integration_changed();

create view blockers as
 SELECT ((('link:'::text || k.id) || ':'::text) || c.place) AS id,
    k.merchant_id,
    k.entity_type,
    k.entity_id,
    k.integration_id,
    c.place,
    c.code,
    c.message,
    c.since,
    c.next_step,
    c.next_at,
    c.mutation,
    c.variables
   FROM (((((((((links k
     JOIN integrations i ON (((i.id = k.integration_id) AND (i.deleted_at IS NULL))))
     JOIN lanes l ON (((l.id = k.id) AND (l.owner IS NULL) AND (l.tail > l.head))))
     CROSS JOIN LATERAL ( SELECT s.id,
            s.lane_id,
            s.seq,
            s.merchant_id,
            s.integration_id,
            s.entity_type,
            s.entity_id,
            s.external_id,
            s.operation,
            s.direction,
            s.status,
            s.payload,
            s.error_code,
            s.error_message,
            s.attempt_count,
            s.forgiven_attempts,
            s.max_attempts,
            s.next_attempt_at,
            s.idempotency_key,
            s.created_at,
            s.updated_at,
            s.processed_at,
            s.traceparent
           FROM sync_events s
          WHERE ((s.lane_id = l.id) AND (s.seq > l.head))
          ORDER BY s.seq
         LIMIT 1) e)
     LEFT JOIN integration_gates g ON ((g.integration_id = i.id)))
     LEFT JOIN LATERAL ( SELECT o.entity_type,
            o.entity_id,
            w.since,
            x.id AS dead_id,
            x.error_code AS dead_code,
            x.error_message AS dead_message,
            COALESCE(x.processed_at, x.updated_at) AS dead_since
           FROM ((lane_waits w
             JOIN links o ON ((o.id = w.link_id)))
             LEFT JOIN LATERAL ( SELECT s.id,
                    s.lane_id,
                    s.seq,
                    s.merchant_id,
                    s.integration_id,
                    s.entity_type,
                    s.entity_id,
                    s.external_id,
                    s.operation,
                    s.direction,
                    s.status,
                    s.payload,
                    s.error_code,
                    s.error_message,
                    s.attempt_count,
                    s.forgiven_attempts,
                    s.max_attempts,
                    s.next_attempt_at,
                    s.idempotency_key,
                    s.created_at,
                    s.updated_at,
                    s.processed_at,
                    s.traceparent
                   FROM (lanes p
                     JOIN sync_events s ON ((s.lane_id = p.id)))
                  WHERE ((p.id = o.id) AND p.parked AND (s.seq > p.head))
                  ORDER BY s.seq
                 LIMIT 1) x ON (true))
          WHERE (w.lane_id = l.id)
          ORDER BY w.since
         LIMIT 1) d ON (true))
     CROSS JOIN LATERAL ( SELECT (e.status = 'FAILED'::text) AS dead,
            (e.status = 'RETRYING'::text) AS retrying,
            ((NOT i.enabled) AND (e.status <> 'FAILED'::text)) AS disabled,
            (COALESCE((g.circuit <> 'CLOSED'::text), false) AND (e.status <> 'FAILED'::text)) AS paused,
            (COALESCE((g.hold_until > now()), false) AND (e.status <> 'FAILED'::text)) AS held,
            COALESCE((e.next_attempt_at > now()), false) AS later,
            ((d.entity_id IS NOT NULL) AND (e.status <> 'FAILED'::text)) AS depends,
            ((l.due = 'infinity'::timestamp with time zone) AND (e.status <> 'FAILED'::text)) AS scheduled,
            ((e.status = 'PENDING'::text) AND i.enabled AND COALESCE(((NOT g.reachable) AND (g.circuit = 'CLOSED'::text)), false)) AS unwell) f)
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN ((NOT f.dead) AND i.enabled AND (NOT COALESCE(f.scheduled, false)) AND (NOT (f.depends AND (d.dead_id IS NOT NULL)))) THEN GREATEST(e.next_attempt_at,
                    CASE
                        WHEN f.paused THEN g.open_until
                        ELSE NULL::timestamp with time zone
                    END,
                    CASE
                        WHEN f.held THEN g.hold_until
                        ELSE NULL::timestamp with time zone
                    END,
                    CASE
                        WHEN f.depends THEN l.due
                        ELSE NULL::timestamp with time zone
                    END)
                    ELSE
                    CASE
                        WHEN (f.dead AND i.enabled) THEN next_redrive(i.connector, e.error_code, e.created_at, e.attempt_count, e.max_attempts)
                        ELSE NULL::timestamp with time zone
                    END
                END AS at) next)
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (e.error_code = 'UPSTREAM_REJECTED'::text) THEN
                    CASE e.entity_type
                        WHEN 'ORDER'::text THEN 'updateOrder'::text
                        WHEN 'INVOICE'::text THEN 'updateInvoice'::text
                        WHEN 'CUSTOMER'::text THEN 'updateCustomer'::text
                        WHEN 'BILLING_SUBSCRIPTION'::text THEN 'updateBillingSubscription'::text
                        ELSE NULL::text
                    END
                    ELSE NULL::text
                END AS mutation) m)
     CROSS JOIN LATERAL ( VALUES (1,(f.dead OR f.retrying OR f.disabled OR f.paused OR f.held OR f.later OR f.depends OR f.scheduled OR f.unwell),
                CASE
                    WHEN f.dead THEN 'DEAD_LETTER'::text
                    WHEN f.retrying THEN 'WAITING_FOR_RETRY'::text
                    ELSE 'WAITING'::text
                END,format('%s of this %s at %s %s'::text, initcap(replace(e.operation, '_'::text, ' '::text)), lower(replace(e.entity_type, '_'::text, ' '::text)), i.name,
                CASE
                    WHEN f.dead THEN format('%s (sync event %s, attempt %s); what came after it waits behind it.'::text,
                    CASE
                        WHEN (next.at IS NULL) THEN 'failed for good'::text
                        ELSE 'has used up its attempts for now'::text
                    END, e.id, e.attempt_count)
                    WHEN f.retrying THEN format('failed and waits to be tried again (sync event %s, attempt %s of %s).'::text, e.id, (e.attempt_count - e.forgiven_attempts), e.max_attempts)
                    ELSE format('waits to be sent (sync event %s).'::text, e.id)
                END),
                CASE
                    WHEN f.dead THEN COALESCE(e.processed_at, e.updated_at)
                    ELSE e.created_at
                END,
                CASE
                    WHEN f.dead THEN
                    CASE
                        WHEN (next.at IS NULL) THEN 'Nothing happens by itself: somebody has to retry or skip it.'::text
                        ELSE 'It is tried again by itself when the job retry-failed runs, as often as its system allows and for up to 7 days, or at once when somebody retries it.'::text
                    END
                    WHEN (NOT i.enabled) THEN 'It is sent when the integration is enabled again.'::text
                    WHEN f.retrying THEN 'It is tried again by itself.'::text
                    ELSE 'It is sent by itself once nothing holds it up.'::text
                END,next.at,
                CASE
                    WHEN f.dead THEN 'retrySyncEvent'::text
                    ELSE NULL::text
                END,
                CASE
                    WHEN f.dead THEN jsonb_build_object('id', (e.id)::text)
                    ELSE NULL::jsonb
                END), (2,f.disabled,'INTEGRATION_DISABLED'::text,(i.name || ' is disabled, so that nothing is sent to it.'::text),i.updated_at,'Nothing happens by itself: somebody has to enable it.'::text,NULL::timestamp with time zone,'updateIntegration'::text,jsonb_build_object('input', jsonb_build_object('id', i.id, 'enabled', true))), (3,f.paused,'CIRCUIT_OPEN'::text,format('Sending to %s is paused after %s failures in a row.'::text, i.name, g.failures),COALESCE(( SELECT max(a.opened_at) AS max
                   FROM alerts a
                  WHERE ((a.integration_id = i.id) AND (a.kind = 'CIRCUIT_OPEN'::text) AND (a.closed_at IS NULL))), e.updated_at),
                CASE
                    WHEN i.enabled THEN 'One event is tried then, or at once after a test of the connection that succeeds; the others follow.'::text
                    ELSE 'Nothing happens by itself until it is enabled.'::text
                END,
                CASE
                    WHEN i.enabled THEN g.open_until
                    ELSE NULL::timestamp with time zone
                END,'testConnection'::text,jsonb_build_object('integrationId', i.id)), (3,f.unwell,'CONNECTOR_DOWN'::text,format('%s is not well: %s'::text, i.name, COALESCE(g.last_error, 'the reason is not known'::text)),COALESCE(g.checked_at, e.created_at),'It is sent by itself once the hub can work with it again. A test of the connection tells whether it can.'::text,NULL::timestamp with time zone,'testConnection'::text,jsonb_build_object('integrationId', i.id)), (4,f.held,'RATE_LIMITED'::text,(i.name || ' has asked for a pause.'::text),e.updated_at,
                CASE
                    WHEN i.enabled THEN 'Sending goes on by itself.'::text
                    ELSE 'Nothing happens by itself until it is enabled.'::text
                END,
                CASE
                    WHEN i.enabled THEN g.hold_until
                    ELSE NULL::timestamp with time zone
                END,NULL::text,NULL::jsonb), (5,f.scheduled,'WAITING_FOR_SCHEDULE'::text,format('%s is sent orders when its schedule comes round.'::text, i.name),e.created_at,'It is sent by itself at the next run of the schedule, or when somebody syncs it.'::text,NULL::timestamp with time zone,
                CASE
                    WHEN (k.entity_type = 'ORDER'::text) THEN 'syncOrder'::text
                    ELSE NULL::text
                END,
                CASE
                    WHEN (k.entity_type = 'ORDER'::text) THEN jsonb_build_object('input', jsonb_build_object('id', k.entity_id, 'integrationId', k.integration_id))
                    ELSE NULL::jsonb
                END), (5,(f.depends AND (NOT COALESCE(f.scheduled, false))),'WAITING_FOR_ENTITY'::text,format('It names the %s %s, which %s does not know yet%s.'::text, lower(replace(d.entity_type, '_'::text, ' '::text)), d.entity_id, i.name,
                CASE
                    WHEN (d.dead_id IS NOT NULL) THEN format(', since its own sync has failed for good (sync event %s)'::text, d.dead_id)
                    ELSE ''::text
                END),d.since,
                CASE
                    WHEN (d.dead_id IS NOT NULL) THEN 'Nothing happens by itself: mend what failed there and retry it; this one follows by itself.'::text
                    ELSE 'It is sent by itself as soon as that is known there.'::text
                END,
                CASE
                    WHEN ((d.dead_id IS NULL) AND i.enabled) THEN l.due
                    ELSE NULL::timestamp with time zone
                END,
                CASE
                    WHEN (d.dead_id IS NOT NULL) THEN 'retrySyncEvent'::text
                    ELSE NULL::text
                END,
                CASE
                    WHEN (d.dead_id IS NOT NULL) THEN jsonb_build_object('id', (d.dead_id)::text)
                    ELSE NULL::jsonb
                END), (6,(f.depends AND (d.dead_code IS NOT NULL)),d.dead_code,COALESCE(d.dead_message, ''::text),d.dead_since,'Nothing happens by itself: mend the cause.'::text,NULL::timestamp with time zone,NULL::text,NULL::jsonb), (7,(((f.dead OR f.retrying) AND (e.error_code IS NOT NULL)) OR (f.paused AND (g.last_error IS NOT NULL))),COALESCE(e.error_code, 'UPSTREAM_UNAVAILABLE'::text),COALESCE(e.error_message, g.last_error, ''::text),e.updated_at,
                CASE
                    WHEN f.dead THEN
                    CASE
                        WHEN (e.error_code = ANY (ARRAY['UPSTREAM_UNAUTHORIZED'::text, 'CREDENTIALS_UNREADABLE'::text])) THEN ('Nothing happens by itself: set valid credentials by updateIntegration, '::text || 'see by testConnection whether they are, then redrive by redriveSyncEvents all that failed so.'::text)
                        WHEN (m.mutation IS NOT NULL) THEN format(('Nothing happens by itself: read the answer in the attempts. If the %s is wrong, correct it by %s, '::text || 'which sends it anew; if the system or a mapping was, mend that and retry; or skip it.'::text), lower(replace(e.entity_type, '_'::text, ' '::text)), m.mutation)
                        ELSE
                        CASE
                            WHEN (next.at IS NULL) THEN 'Nothing happens by itself: mend the cause and retry, or skip it.'::text
                            ELSE 'It is tried again by itself, in case the cause is gone. A test of the connection tells whether it is.'::text
                        END
                    END
                    WHEN (NOT i.enabled) THEN 'It is tried again when the integration is enabled again.'::text
                    ELSE 'It is tried again by itself, in case the cause is gone.'::text
                END,next.at,
                CASE
                    WHEN f.dead THEN
                    CASE
                        WHEN (e.error_code = ANY (ARRAY['UPSTREAM_UNAUTHORIZED'::text, 'CREDENTIALS_UNREADABLE'::text])) THEN 'updateIntegration'::text
                        ELSE COALESCE(m.mutation,
                        CASE
                            WHEN (next.at IS NULL) THEN 'skipSyncEvent'::text
                            ELSE 'testConnection'::text
                        END)
                    END
                    ELSE NULL::text
                END,
                CASE
                    WHEN (f.dead AND (m.mutation IS NULL) AND (e.error_code <> ALL (ARRAY['UPSTREAM_UNAUTHORIZED'::text, 'CREDENTIALS_UNREADABLE'::text]))) THEN
                    CASE
                        WHEN (next.at IS NULL) THEN jsonb_build_object('id', (e.id)::text, 'reason', 'Not needed any more.')
                        ELSE jsonb_build_object('integrationId', i.id)
                    END
                    ELSE NULL::jsonb
                END), (8,(k.open_create IS NOT NULL),'CREATE_UNCONFIRMED'::text,format('It is not known whether the create of sync event %s took effect: it may exist at %s already.'::text, k.open_create, i.name),e.updated_at,'Before anything else is sent, that create is repeated under its own key, which cannot make a second one.'::text,next.at,NULL::text,NULL::jsonb)) c(place, wanted, code, message, since, next_step, next_at, mutation, variables))
  WHERE c.wanted
UNION ALL
 SELECT (('link:'::text || k.id) || ':1'::text) AS id,
    k.merchant_id,
    k.entity_type,
    k.entity_id,
    k.integration_id,
    1 AS place,
    'SKIPPED'::text AS code,
    format('Sending it to %s was skipped: %s'::text, i.name, COALESCE(e.error_message, 'no reason is known'::text)) AS message,
    COALESCE(e.processed_at, i.created_at) AS since,
    'Its next change is sent.'::text AS next_step,
    NULL::timestamp with time zone AS next_at,
        CASE k.entity_type
            WHEN 'ORDER'::text THEN 'syncOrder'::text
            WHEN 'INVOICE'::text THEN 'syncInvoice'::text
            ELSE NULL::text
        END AS mutation,
        CASE
            WHEN (k.entity_type = ANY (ARRAY['ORDER'::text, 'INVOICE'::text])) THEN jsonb_build_object('input', jsonb_build_object('id', k.entity_id, 'integrationId', k.integration_id))
            ELSE NULL::jsonb
        END AS variables
   FROM (((links k
     JOIN integrations i ON (((i.id = k.integration_id) AND (i.deleted_at IS NULL))))
     JOIN lanes l ON (((l.id = k.id) AND (l.tail = l.head))))
     LEFT JOIN LATERAL ( SELECT s.error_message,
            s.processed_at
           FROM sync_events s
          WHERE (s.lane_id = l.id)
          ORDER BY s.seq DESC
         LIMIT 1) e ON (true))
  WHERE (k.state = 'SKIPPED'::text)
UNION ALL
 SELECT ('order:'::text || o.id) AS id,
    o.merchant_id,
    'ORDER'::text AS entity_type,
    o.id AS entity_id,
    NULL::text AS integration_id,
    1 AS place,
    'NOT_SENT'::text AS code,
    'No integration of its merchant has taken this order.'::text AS message,
    o.created_at AS since,
    'An integration that is enabled again is sent it by itself if the order came since it was disabled. Else make or enable one that takes orders, then sync the order, or all of them by startFullSync.'::text AS next_step,
    NULL::timestamp with time zone AS next_at,
    'syncOrder'::text AS mutation,
    jsonb_build_object('input', jsonb_build_object('id', o.id)) AS variables
   FROM orders o
  WHERE ((NOT (EXISTS ( SELECT
           FROM links k
          WHERE ((k.entity_id = o.id) AND (k.entity_type = 'ORDER'::text))))) AND (NOT (EXISTS ( SELECT
           FROM sync_events s
          WHERE (s.entity_id = o.id)))) AND (NOT (EXISTS ( SELECT
           FROM integrations i
          WHERE ((i.merchant_id = o.merchant_id) AND i.enabled AND (i.deleted_at IS NULL) AND (i.connector IN ( SELECT t.name
                   FROM connector_traits t
                  WHERE t.takes_invoiced_orders)) AND (o.status <> ALL (ARRAY['CANCELLED'::text, 'RETURNED'::text, 'REFUNDED'::text, 'FAILED'::text])) AND (NOT (EXISTS ( SELECT
                   FROM invoices v
                  WHERE (v.order_id = o.id)))) AND (NOT (EXISTS ( SELECT
                   FROM links k
                  WHERE ((k.entity_id = o.id) AND (k.entity_type = 'ORDER'::text) AND (k.integration_id = i.id))))))))))
UNION ALL
 SELECT ((('order:'::text || o.id) || ':'::text) || i.id) AS id,
    o.merchant_id,
    'ORDER'::text AS entity_type,
    o.id AS entity_id,
    i.id AS integration_id,
    1 AS place,
    'WAITING_FOR_INVOICE'::text AS code,
    (i.name || ' is sent orders once they are invoiced, and this one has no invoice.'::text) AS message,
    o.created_at AS since,
    'It is sent by itself when its first invoice is made, or without one when somebody syncs it with this integration.'::text AS next_step,
    NULL::timestamp with time zone AS next_at,
    'createInvoice'::text AS mutation,
    jsonb_build_object('input', jsonb_build_object('orderId', o.id, 'number', o.number)) AS variables
   FROM (orders o
     JOIN integrations i ON (((i.merchant_id = o.merchant_id) AND i.enabled AND (i.deleted_at IS NULL) AND (i.connector IN ( SELECT t.name
           FROM connector_traits t
          WHERE t.takes_invoiced_orders)) AND (o.status <> ALL (ARRAY['CANCELLED'::text, 'RETURNED'::text, 'REFUNDED'::text, 'FAILED'::text])) AND (NOT (EXISTS ( SELECT
           FROM invoices v
          WHERE (v.order_id = o.id)))) AND (NOT (EXISTS ( SELECT
           FROM links k
          WHERE ((k.entity_id = o.id) AND (k.entity_type = 'ORDER'::text) AND (k.integration_id = i.id))))))))
UNION ALL
 SELECT ((('order:'::text || o.id) || ':'::text) || i.id) AS id,
    o.merchant_id,
    'ORDER'::text AS entity_type,
    o.id AS entity_id,
    i.id AS integration_id,
    2 AS place,
    'INTEGRATION_DISABLED'::text AS code,
    (i.name || ' is disabled, so that it takes no orders.'::text) AS message,
    i.updated_at AS since,
        CASE
            WHEN (o.created_at >= i.disabled_at) THEN 'It is sent by itself when somebody enables it, as what came since it was disabled.'::text
            ELSE 'Nothing happens by itself: enable it, if it is to take this order, and sync the order then.'::text
        END AS next_step,
    NULL::timestamp with time zone AS next_at,
    'updateIntegration'::text AS mutation,
    jsonb_build_object('input', jsonb_build_object('id', i.id, 'enabled', true)) AS variables
   FROM (orders o
     JOIN integrations i ON (((i.merchant_id = o.merchant_id) AND (NOT i.enabled) AND (i.deleted_at IS NULL))))
  WHERE ((NOT (EXISTS ( SELECT
           FROM links k
          WHERE ((k.entity_id = o.id) AND (k.entity_type = 'ORDER'::text))))) AND (NOT (EXISTS ( SELECT
           FROM sync_events s
          WHERE (s.entity_id = o.id)))))
UNION ALL
 SELECT ((('webhook:'::text || w.id) || ':'::text) || c.place) AS id,
    w.merchant_id,
    w.entity_type,
    w.entity_id,
    w.integration_id,
    c.place,
    c.code,
    c.message,
    w.created_at AS since,
    c.next_step,
    NULL::timestamp with time zone AS next_at,
    c.mutation,
    c.variables
   FROM (((webhook_events w
     JOIN integrations i ON ((i.id = w.integration_id)))
     CROSS JOIN LATERAL ( SELECT (w.error_code = 'UNMAPPED_STATUS'::text) AS unmapped,
            (w.event ->> 'sourceStatus'::text) AS word,
            ( SELECT (lower(w.entity_type) || 's'::text)
                   FROM connector_traits t
                  WHERE ((t.name = i.connector) AND ((lower(w.entity_type) || 's'::text) = ANY (t.status_mappings)))) AS kind,
                CASE w.entity_type
                    WHEN 'ORDER'::text THEN ( SELECT o.status
                       FROM orders o
                      WHERE (o.id = w.entity_id))
                    WHEN 'INVOICE'::text THEN ( SELECT v.status
                       FROM invoices v
                      WHERE (v.id = w.entity_id))
                    ELSE NULL::text
                END AS present,
                CASE
                    WHEN (i.mappings = '{}'::jsonb) THEN COALESCE((i.settings -> 'statusMappings'::text), '{}'::jsonb)
                    ELSE i.mappings
                END AS mappings) m)
     CROSS JOIN LATERAL ( VALUES (1,'WEBHOOK_FAILED'::text,format('The webhook %s could not be applied.'::text, w.event_type),'Nothing happens by itself: mend the cause, then have the kept event applied.'::text,'replayWebhookEvents'::text,jsonb_build_object('filter', jsonb_build_object('integrationId', w.integration_id, 'entityId', w.entity_id, 'status', jsonb_build_array('FAILED', 'IGNORED')))), (2,COALESCE(w.error_code, 'INTERNAL'::text),COALESCE(w.error_message, ''::text),
                CASE
                    WHEN (m.unmapped AND (m.kind IS NOT NULL)) THEN format(('Nothing happens by itself: map %s to what it means, then replay the event. '::text || 'The arguments here map it to %s, which this %s is now.'::text), m.word, m.present, lower(w.entity_type))
                    WHEN m.unmapped THEN format('Nothing happens by itself: publish a rule that makes a status of %s, then replay the event.'::text, m.word)
                    ELSE 'Nothing happens by itself.'::text
                END,
                CASE
                    WHEN m.unmapped THEN
                    CASE
                        WHEN (m.kind IS NOT NULL) THEN 'updateIntegration'::text
                        ELSE 'putMappings'::text
                    END
                    ELSE NULL::text
                END,
                CASE
                    WHEN (m.unmapped AND (m.kind IS NOT NULL)) THEN jsonb_build_object('input', jsonb_build_object('id', i.id, 'mappings', (m.mappings || jsonb_build_object(m.kind, (COALESCE((m.mappings -> m.kind), '{}'::jsonb) || jsonb_build_object(m.word, m.present))))))
                    ELSE NULL::jsonb
                END)) c(place, code, message, next_step, mutation, variables))
  WHERE (((w.status = 'FAILED'::text) OR ((w.status = 'IGNORED'::text) AND (w.error_code = 'UNMAPPED_STATUS'::text))) AND (w.entity_id IS NOT NULL) AND (NOT (EXISTS ( SELECT
           FROM webhook_events n
          WHERE ((n.entity_id = w.entity_id) AND (n.integration_id = w.integration_id) AND (n.status = 'PROCESSED'::text) AND (n.occurred_at >= w.occurred_at))))));

create view connector_health as
 SELECT i.id,
    i.merchant_id,
    i.id AS integration_id,
        CASE
            WHEN ((g.circuit = 'OPEN'::text) OR (g.reachable = false)) THEN 'DOWN'::text
            WHEN ((g.circuit = 'HALF_OPEN'::text) OR (g.failures > 0)) THEN 'DEGRADED'::text
            WHEN (g.reachable OR (rate.success_rate IS NOT NULL)) THEN 'HEALTHY'::text
            ELSE 'UNKNOWN'::text
        END AS health,
    COALESCE(g.circuit, 'CLOSED'::text) AS circuit,
    g.checked_at,
    g.latency_ms,
    rate.success_rate,
    (COALESCE(queue.depth, (0)::numeric))::integer AS queue_depth,
    waiting.oldest_pending_seconds,
    g.last_error
   FROM ((((integrations i
     LEFT JOIN integration_gates g ON ((g.integration_id = i.id)))
     CROSS JOIN LATERAL ( SELECT sum((l.tail - l.head)) AS depth
           FROM lanes l
          WHERE ((l.integration_id = i.id) AND (l.due IS NOT NULL))) queue)
     CROSS JOIN LATERAL ( SELECT (GREATEST(EXTRACT(epoch FROM (clock_timestamp() - min(e.created_at))), (0)::numeric))::integer AS oldest_pending_seconds
           FROM ( SELECT s.created_at
                   FROM (lanes l
                     JOIN sync_events s ON (((s.lane_id = l.id) AND (s.status = ANY (ARRAY['PENDING'::text, 'IN_PROGRESS'::text, 'RETRYING'::text])))))
                  WHERE ((l.integration_id = i.id) AND (l.due IS NOT NULL))
                  ORDER BY l.due
                 LIMIT 100) e) waiting)
     CROSS JOIN LATERAL ( SELECT round(avg(
                CASE
                    WHEN (e.status = 'SUCCESS'::text) THEN 1
                    ELSE 0
                END), 4) AS success_rate
           FROM ( SELECT s.status
                   FROM sync_events s
                  WHERE (s.integration_id = i.id)
                  ORDER BY s.id DESC
                 LIMIT 500) e
          WHERE (e.status = ANY (ARRAY['SUCCESS'::text, 'FAILED'::text]))) rate)
  WHERE (i.deleted_at IS NULL);

create view timeline_entries as
 SELECT ('event:'::text || e.id) AS id,
    e.merchant_id,
    e.entity_type,
    e.entity_id,
    e.created_at AS at,
    'sync_event'::text AS kind,
    ((
        CASE e.operation
            WHEN 'QUERY'::text THEN 'Question'::text
            WHEN 'STATUS_CHANGE'::text THEN 'Change of status'::text
            ELSE initcap(e.operation)
        END ||
        CASE e.direction
            WHEN 'OUTBOUND'::text THEN ' for '::text
            ELSE ' from '::text
        END) || COALESCE(i.name, e.integration_id)) AS title,
    e.status AS outcome,
    NULL::text AS actor,
    e.integration_id,
    (e.id)::text AS source_id,
    jsonb_strip_nulls(jsonb_build_object('externalId', e.external_id, 'errorCode', e.error_code, 'errorMessage', e.error_message, 'attempts', e.attempt_count)) AS details
   FROM (sync_events e
     LEFT JOIN integrations i ON ((i.id = e.integration_id)))
UNION ALL
 SELECT ((('attempt:'::text || e.id) || '.'::text) || a.number) AS id,
    e.merchant_id,
    e.entity_type,
    e.entity_id,
    a.started_at AS at,
    'attempt'::text AS kind,
    format('Attempt %s at %s: %s'::text, a.number, COALESCE(i.name, e.integration_id), concat_ws(' '::text, (a.request ->> 'method'::text), (a.request ->> 'url'::text), 'answered', COALESCE((a.http_status)::text, a.error_code), 'after', a.duration_ms, 'ms')) AS title,
    a.outcome,
    NULL::text AS actor,
    e.integration_id,
    (e.id)::text AS source_id,
    jsonb_strip_nulls(jsonb_build_object('httpStatus', a.http_status, 'durationMs', a.duration_ms, 'errorCode', a.error_code, 'errorMessage', a.error_message, 'request', a.request, 'response', a.response)) AS details
   FROM ((sync_events e
     JOIN sync_attempts a ON ((a.sync_event_id = e.id)))
     LEFT JOIN integrations i ON ((i.id = e.integration_id)))
UNION ALL
 SELECT ('webhook:'::text || w.id) AS id,
    w.merchant_id,
    w.entity_type,
    w.entity_id,
    w.created_at AS at,
    'webhook_event'::text AS kind,
    format('%s from %s'::text, w.event_type, COALESCE(i.name, w.integration_id)) AS title,
    w.status AS outcome,
    NULL::text AS actor,
    w.integration_id,
    w.id AS source_id,
    jsonb_strip_nulls(jsonb_build_object('eventId', w.event_id, 'occurredAt', w.occurred_at, 'errorCode', w.error_code, 'errorMessage', w.error_message, 'payload', w.payload)) AS details
   FROM (webhook_events w
     LEFT JOIN integrations i ON ((i.id = w.integration_id)))
  WHERE (w.entity_id IS NOT NULL)
UNION ALL
 SELECT ((('change:'::text || changes.xid) || '.'::text) || changes.id) AS id,
    changes.merchant_id,
    changes.entity_type,
    changes.entity_id,
    changes.at,
    'status_change'::text AS kind,
    format('%s moved from %s to %s'::text, initcap(changes.entity_type), COALESCE((changes.data ->> 'previousStatus'::text), 'nothing'::text), (changes.data ->> 'newStatus'::text)) AS title,
    (changes.data ->> 'newStatus'::text) AS outcome,
    NULL::text AS actor,
    changes.integration_id,
    (changes.sync_event_id)::text AS source_id,
    changes.data AS details
   FROM changes
  WHERE (changes.kind = ANY (ARRAY['order.status_changed'::text, 'invoice.status_changed'::text]))
UNION ALL
 SELECT ('audit:'::text || audit_entries.id) AS id,
    audit_entries.merchant_id,
    audit_entries.entity_type,
    audit_entries.entity_id,
    audit_entries.at,
    'audit'::text AS kind,
    ((audit_entries.action || ' by '::text) || audit_entries.actor) AS title,
    audit_entries.outcome,
    audit_entries.actor,
    audit_entries.integration_id,
    NULL::text AS source_id,
    audit_entries.details
   FROM audit_entries
  WHERE (audit_entries.entity_id IS NOT NULL);

CREATE OR REPLACE FUNCTION public.audit_entries_are_final()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin raise exception 'audit entries are append-only'; end $function$
;

CREATE OR REPLACE FUNCTION public.catalogue_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into catalogue_versions as v (merchant_id, version)
  select distinct merchant_id, 1 from written order by merchant_id
  on conflict (merchant_id) do update set version = v.version + 1;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.integration_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin perform pg_notify('integration_changed', ''); return null; end $function$
;

CREATE OR REPLACE FUNCTION public.integration_switched()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.enabled or tg_op = 'UPDATE' and not old.enabled then return new; end if;
  -- A transaction that runs meanwhile may see the switch, and write the time of its own beginning.
  select greatest(least(now(), min(xact_start)), now() - interval '1 minute') into new.disabled_at
  from pg_stat_activity where datname = current_database() and tg_op = 'UPDATE';
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION public.next_redrive(connector text, error_code text, created_at timestamp with time zone, attempts integer, most_attempts integer)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
RETURN (SELECT j.next_run_at FROM (jobs j LEFT JOIN connector_traits t ON ((t.name = next_redrive.connector))) WHERE ((j.name = 'retry-failed'::text) AND (NOT j.paused) AND (next_redrive.error_code = ANY ('{SLOW_CONSUMER,RATE_LIMITED,DEPENDENCY_PENDING,UNKNOWN_ENTITY,MAPPING_TIMEOUT,UPSTREAM_RATE_LIMITED,UPSTREAM_UNAVAILABLE,UPSTREAM_BAD_RESPONSE,UPSTREAM_TIMEOUT,UPSTREAM_UNREACHABLE,NOT_READY,DATABASE_UNAVAILABLE}'::text[])) AND (next_redrive.created_at > (now() - '7 days'::interval)) AND CASE COALESCE(t.redrives, 'USUAL'::text) WHEN 'NEVER'::text THEN false WHEN 'USUAL'::text THEN (next_redrive.attempts < (next_redrive.most_attempts * 11)) ELSE true END))
;

CREATE OR REPLACE FUNCTION public.told_of(ids text[])
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
begin
  return (
    select coalesce(jsonb_object_agg(t.id, t.told), '{}')
    from (
      select l.entity_id as id, jsonb_build_object(
        'status', max(case when l.source_rank > 0 and l.source_at > greatest(l.status_at, l.step_at, '-infinity') then array[extract(epoch from l.source_at), l.source_rank]
          when l.status_at is not null then array[extract(epoch from l.status_at), l.status_rank] end),
        'fields', extract(epoch from max(l.fields_at)),
        'steps', case when max(l.step_at) is not null then (
          select jsonb_object_agg(s.status, s.at) from (
            select f.status, extract(epoch from max(o.step_at)) as at
            from links o cross join jsonb_array_elements_text(o.step_from) as f (status)
            where o.entity_id = l.entity_id group by f.status) s) end) as told
      from links l where l.entity_id = any (ids)
      group by l.entity_id having count(*) > 1
    ) t
  );
end
$function$
;

CREATE OR REPLACE FUNCTION public.wake_waiting_lanes()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (select from lane_waits) then return null; end if;
  update lanes set due = now()
  where due > now() and id in (
    select l.id from lanes l join lane_waits w on w.lane_id = l.id join links_after a on a.id = w.link_id
    where a.external_id is not null
    order by l.id for no key update of l skip locked);
  if found then perform pg_notify('syncline_outbox', ''); end if;
  delete from lane_waits w using links_after a where w.link_id = a.id and a.external_id is not null;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.webhook_event_turned()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin new.xid := pg_current_xact_id()::text::bigint; return new; end $function$
;
