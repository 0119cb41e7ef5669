import { newIdSql } from '../../db/new-id-sql.js';

/** `$1` where the last chunk ended, null at the start: the last SKU of the next chunk, null when there is none. */
export const nextChunk = (skus: number) => `select max(sku) as last, count(*)::int as skus from (
  select distinct sku from staged where $1::text is null or sku > $1 order by sku limit ${skus}) chunk`;

/**
 * `$1` merchant, `$2` integration, `$3` to `$4` the chunk's SKUs: behind `$3`, up to `$4`; null is the end of that side. Said of
 * each table, so that a chunk reads its own part of it by index, however large it has become.
 */
const inChunk = (sku: string) => `($3::text is null or ${sku} > $3) and ($4::text is null or ${sku} <= $4)`;

/** The newest of what is known: `null` in a row says nothing. */
const newest = (column: string) => `(array_agg(${column} order by n desc) filter (where ${column} is not null))[1]`;

/** Brands by name, whatever their case; `$1`, `$3`, `$4` as in the chunk. */
export const ADD_BRANDS = `
insert into brands (id, merchant_id, name)
select ${newIdSql('Brand')}, $1, name from (
  select distinct on (lower(brand)) brand as name from staged s
  where ${inChunk('s.sku')} and brand is not null and $2::text is not null and not exists (
    select from brands b where b.merchant_id = $1 and lower(b.name) = lower(s.brand))
  order by lower(brand), n) unknown
on conflict do nothing`;

/** What a source may tell of a product; a brand is written as the hub has it. */
const FIELDS = ['name', 'brand', 'barcode', 'price', 'currency', 'thc', 'batch_number', 'coa_link'];
const each = (write: (field: string) => string) => FIELDS.map(write).join(', ');
const told = (field: string) => newest(field === 'brand' ? 'coalesce(b.name, s.brand)' : `s.${field}`);
const OTHERS = FIELDS.filter((field) => field !== 'name');

/**
 * Writes the products of a chunk that are new or differ, each with its change. `$5`: whether the rows are a list of products,
 * from which one that was gone may return; stock of an unknown SKU makes a product only where it tells something of it.
 */
export const MERGE_PRODUCTS = `
with rows as materialized (
  select s.sku, ${each((field) => `${told(field)} as ${field}`)}
  from staged s left join brands b on b.merchant_id = $1 and lower(b.name) = lower(s.brand)
  where ${inChunk('s.sku')}
  group by s.sku
),
compared as materialized (
  select r.sku, p.id, p.price as previous_price, coalesce(r.name, p.name, r.sku) as name,
    ${OTHERS.map((field) => `coalesce(r.${field}, p.${field}) as ${field}`).join(', ')}
  from rows r left join products p on p.merchant_id = $1 and p.sku = r.sku and ${inChunk('p.sku')}
  where case when p.id is null then $5::boolean or num_nonnulls(r.name, r.brand, r.barcode, r.price) > 0
    else ($5 and p.deleted_at is not null) or (${each((field) => `p.${field}`)})
      is distinct from (${each((field) => `coalesce(r.${field}, p.${field})`)}) end
),
written as (
  insert into products as p (id, merchant_id, sku, ${each((field) => field)}, source_integration_id)
  select coalesce(id, ${newIdSql('Product')}), $1, sku, ${each((field) => field)}, $2 from compared order by sku
  on conflict (merchant_id, sku) do update set ${each((field) => `${field} = excluded.${field}`)}, updated_at = now(),
    source_integration_id = case when $5 then $2 else p.source_integration_id end,
    deleted_at = case when $5 then null else p.deleted_at end
  returning p.id, p.sku, p.name, p.brand, p.price::text as price, p.currency
),
told as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
  select 'product.changed', $1, 'PRODUCT', w.id, $2, $6::bigint, jsonb_build_object('sku', w.sku,
    'action', case when c.id is null then 'created' else 'updated' end, 'name', w.name, 'brand', w.brand, 'price', w.price,
    'previousPrice', c.previous_price::text, 'currency', w.currency)
  from written w join compared c on c.sku = w.sku order by w.sku
)
select count(*)::int as changed from written`;

/** Products of this source in the chunk's range that it does not have any more. */
export const REMOVE_PRODUCTS = `
with gone as (
  update products p set deleted_at = now(), updated_at = now()
  where p.source_integration_id = $2 and p.merchant_id = $1 and p.deleted_at is null and ${inChunk('p.sku')}
    and not exists (select from staged s where s.sku = p.sku) and not exists (select from unread u where u.sku = p.sku)
  returning p.id, p.sku
),
told as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
  select 'product.changed', $1, 'PRODUCT', id, $2, $5::bigint, jsonb_build_object('sku', sku, 'action', 'removed')
  from gone order by sku
)
select count(*)::int as removed from gone`;

const STOCK_CHANGE = `'inventory.changed', $1, 'INVENTORY', w.id, $2`;
const STOCK_DATA = `jsonb_build_object('sku', w.sku, 'location', w.location, 'onHand', w.on_hand, 'reserved', w.reserved,
  'available', w.available`;

/** Writes the stock of a chunk that is new or differs, each with its change; of a SKU twice the last row counts. */
export const MERGE_STOCK = `
with rows as materialized (
  select distinct on (sku, location) sku, location, on_hand, reserved, available from staged s
  where ${inChunk('s.sku')} order by sku, location, n desc
),
compared as materialized (
  select r.*, l.id, p.id as product_id, l.available as previous_available
  from rows r
  left join inventory_levels l on l.integration_id = $2 and l.sku = r.sku and l.location = r.location and ${inChunk('l.sku')}
  left join products p on p.merchant_id = $1 and p.sku = r.sku and ${inChunk('p.sku')}
  where l.id is null or (l.on_hand, l.reserved, l.available, l.product_id, l.removed_at, l.source, l.merchant_id)
    is distinct from (r.on_hand, r.reserved, r.available, p.id, null, 'live', $1::text)
),
written as (
  insert into inventory_levels as l (id, merchant_id, integration_id, product_id, sku, location, on_hand, reserved, available, read_at)
  select coalesce(id, ${newIdSql('InventoryLevel')}), $1, $2, product_id, sku, location, on_hand, reserved, available, now()
  from compared order by sku, location
  on conflict (integration_id, sku, location) do update set on_hand = excluded.on_hand, reserved = excluded.reserved,
    available = excluded.available, product_id = excluded.product_id, merchant_id = excluded.merchant_id, removed_at = null,
    source = 'live', read_at = now(), updated_at = now()
  returning l.*
),
told as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
  select ${STOCK_CHANGE}, $5::bigint, ${STOCK_DATA}, 'previousAvailable', c.previous_available)
  from written w join compared c on c.sku = w.sku and c.location = w.location order by w.sku, w.location
)
select count(*)::int as changed from written`;

/** Stock of this integration in the chunk's range that it does not report any more becomes 0. */
export const REMOVE_STOCK = `
with gone as (
  select l.id, l.available from inventory_levels l
  where l.integration_id = $2 and l.removed_at is null and ${inChunk('l.sku')}
    and not exists (select from staged s where s.sku = l.sku and s.location = l.location)
    and not exists (select from unread u where u.sku = l.sku)
  order by l.id for no key update
),
written as (
  update inventory_levels l set on_hand = 0, reserved = 0, available = 0, removed_at = now(), read_at = now(), updated_at = now()
  from gone where l.id = gone.id
  returning l.*, gone.available as previous_available
),
told as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data)
  select ${STOCK_CHANGE}, $5::bigint, ${STOCK_DATA}, 'previousAvailable', w.previous_available, 'removed', true)
  from written w where $1::text is not null order by w.sku, w.location
)
select count(*)::int as removed from written`;
