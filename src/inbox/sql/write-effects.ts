import { TOLD_FIELDS, type ToldKind } from '../../connectors/told-fields.js';
import { detailChange } from './detail-change.js';
import type { InboxKind } from './nouns.js';
import {
  CONTENTS_CHANGED,
  CONTENTS_CHANGES,
  CONTENTS_DIFFER,
  CONTENTS_SET,
  CONTENTS_TOLD,
  CUSTOMERS_TOLD,
} from './order-contents.js';
import { toldChangeRows, toldChanges, toldWrites } from './told-writes.js';

const TOLD_KINDS = Object.keys(TOLD_FIELDS) as ToldKind[];

/** Of a product's events the newest word on a field; one that says nothing of it counts for nothing. */
const newest = (field: string) =>
  `(array_agg(event ->> '${field}' order by n desc) filter (where event ->> '${field}' is not null))[1]`;

/** Only of what was kept: another transaction may have stored the same event meanwhile. */
const EFFECTIVE = `
effective as materialized (
  select v.*, case when known_id is not null then nextval('sync_events_id_seq') end as sync_id
  from verdicts v
  where (v.id in (select id from kept)) is true
  order by n
)`;

const ORDER_TOLD = `
order_told as (
  select known_id, (array_agg(new_status order by n desc) filter (where new_status is not null))[1] as status,
    (array_agg(tracking_numbers order by n desc) filter (where tracking_numbers is not null))[1] as tracking_numbers
  from effective where entity_type = 'ORDER' and error_code is null group by known_id
  having bool_or(changed) or count(tracking_numbers) > 0 or bool_or(event ? 'contents')
)`;

const TRACKING_NUMBERS = `case when a.tracking_numbers is null then o.tracking_numbers
      else array(select jsonb_array_elements_text(a.tracking_numbers)) end`;
const ORDER_SET = `status = coalesce(a.status, o.status), updated_at = now(), tracking_numbers = ${TRACKING_NUMBERS}`;
/** A row that says the same already is not written. */
const ORDER_DIFFERS = `(coalesce(a.status, o.status), ${TRACKING_NUMBERS}) is distinct from (o.status, o.tracking_numbers)`;

const ORDER_WRITES = `${ORDER_TOLD},
order_writes as (
  update orders o set ${ORDER_SET} from order_told a where o.id = a.known_id and ${ORDER_DIFFERS}
  returning 1
)`;

/** The same with what events tell of an order beside its status. */
const WHOLE_ORDER_WRITES = `${ORDER_TOLD},${CONTENTS_TOLD},${CUSTOMERS_TOLD},
order_writes as (
  update orders o
  set ${ORDER_SET},
    ${CONTENTS_SET}
  from order_told a left join contents_told t on t.known_id = a.known_id
  where o.id = a.known_id and (${ORDER_DIFFERS} or ${CONTENTS_DIFFER})
  returning o.*
),${CONTENTS_CHANGED}`;

/** Of each kind of entity what writes it; changes are written after these. */
const ENTITY_WRITES: readonly { kind: InboxKind; name: string; sql: string }[] = [
  { kind: 'ORDER', name: 'order_writes', sql: ORDER_WRITES },
  ...TOLD_KINDS.map(toldWrites),
];

const TELLS_STATUS = 'new_status is not null and only_from is null';
/** Of an entity there is one in a statement at most. */
const IS_STEP = 'new_status is not null and only_from is not null';

const LINK_WRITES = `
link_writes as (
  update links l
  set synced_at = case when coalesce(l.external_id, a.external_id) is null then l.synced_at else now() end,
    source_at = a.at, source_rank = case when l.source_at = a.at then greatest(l.source_rank, a.rank) else a.rank end,
    status_at = coalesce(a.status_at, l.status_at), status_rank = coalesce(a.status_rank, l.status_rank),
    step_at = coalesce(a.step_at, l.step_at), step_from = coalesce(a.step_from, l.step_from),
    fields_at = coalesce(a.fields_at, l.fields_at),
    external_id = coalesce(l.external_id, case when not exists (
      select from links o where o.integration_id = l.integration_id and o.entity_type = l.entity_type
        and o.external_id = a.external_id) then a.external_id end)
  from (
    select link_id, max(occurred_at) as at, (max(array[at, coalesce(rank, 0)]))[2] as rank,
      max(occurred_at) filter (where ${TELLS_STATUS}) as status_at, (max(array[at, rank]) filter (where ${TELLS_STATUS}))[2] as status_rank,
      max(occurred_at) filter (where ${IS_STEP}) as step_at,
      (array_agg(only_from || to_jsonb(new_status)) filter (where ${IS_STEP}))[1] as step_from,
      max(occurred_at) filter (where event ? 'fields' and fields_count) as fields_at,
      (array_agg(external_id order by n) filter (where external_id is not null))[1] as external_id
    from effective where error_code is null group by link_id
  ) a
  where l.id = a.link_id
)`;

const STOCK_WRITES = `
stock_told as materialized (
  -- The integration's newest word on a SKU at a place; older ones of the batch count for nothing.
  select distinct on (e.integration_id, r ->> 'sku', r ->> 'location') e.n, e.sync_id, e.merchant_id, e.integration_id,
    r ->> 'sku' as sku, r ->> 'location' as location, (r ->> 'onHand')::int as on_hand,
    (r ->> 'reserved')::int as reserved, (r ->> 'available')::int as available, e.occurred_at
  from effective e cross join jsonb_array_elements(nullif(e.event -> 'stock', 'null')) r
  where e.error_code is null
  order by e.integration_id, r ->> 'sku', r ->> 'location', e.occurred_at desc, e.n desc
),
stock_writes as (
  insert into inventory_levels as v (id, merchant_id, integration_id, product_id, sku, location, on_hand, reserved,
    available, source, read_at)
  select 'lvl_' || replace(gen_random_uuid()::text, '-', ''), t.merchant_id, t.integration_id,
    (select p.id from products p where p.merchant_id = t.merchant_id and p.sku = t.sku), t.sku, t.location, t.on_hand,
    t.reserved, t.available, 'live', t.occurred_at
  from stock_told t
  on conflict (integration_id, sku, location) do update set on_hand = excluded.on_hand, reserved = excluded.reserved,
    available = excluded.available, source = 'live', read_at = excluded.read_at, removed_at = null,
    product_id = coalesce(excluded.product_id, v.product_id),
    updated_at = case when (v.on_hand, v.reserved, v.available, v.source, v.removed_at, v.product_id) is distinct from
      (excluded.on_hand, excluded.reserved, excluded.available, 'live', null, coalesce(excluded.product_id, v.product_id))
      then now() else v.updated_at end
  where v.read_at <= excluded.read_at
  returning v.*
),
stock_changes as (
  -- Reads the levels as they were before the statement.
  select w.*, l.available as previous_available, l.on_hand as previous_on_hand
  from stock_writes w left join inventory_levels l
    on l.integration_id = w.integration_id and l.sku = w.sku and l.location = w.location
)`;

const STOCK_CHANGES = `
    union all
    select null, null, 'inventory.changed', merchant_id, 'INVENTORY', id, integration_id, null,
      jsonb_build_object('sku', sku, 'location', location, 'previousAvailable', previous_available, 'available', available,
        'previousOnHand', previous_on_hand, 'onHand', on_hand), null
    from stock_changes
    where (previous_available, previous_on_hand) is distinct from (available, on_hand)`;

/** Columns of a product and the fields of an event that they are told by. */
const PRODUCT_TEXTS = {
  ...{ name: 'name', brand: 'brand', barcode: 'barcode', currency: 'currency' },
  ...{ thc: 'thc', batch_number: 'batchNumber', coa_link: 'coaLink' },
};
const PRODUCT_COLUMNS = Object.keys(PRODUCT_TEXTS);

const PRODUCT_WRITES = `
product_writes as (
  update products p
  set name = coalesce(t.name, p.name), brand = coalesce(t.brand, p.brand), barcode = coalesce(t.barcode, p.barcode),
    price = coalesce(t.price, p.price), currency = coalesce(t.currency, p.currency), thc = coalesce(t.thc, p.thc),
    batch_number = coalesce(t.batch_number, p.batch_number), coa_link = coalesce(t.coa_link, p.coa_link),
    deleted_at = case when t.is_gone then coalesce(p.deleted_at, now()) end, updated_at = now()
  from (
    select known_id, ${Object.entries(PRODUCT_TEXTS)
      .map(([column, field]) => `${newest(field)} as ${column}`)
      .join(', ')},
      ${newest('price')}::numeric as price,
      (array_agg(event_type ~* '[.](deleted|removed)$' order by n desc))[1] as is_gone
    from effective where entity_type = 'PRODUCT' and error_code is null and fields_count group by known_id
  ) t
  where p.id = t.known_id and (p.deleted_at is not null <> t.is_gone or (p.price, ${PRODUCT_COLUMNS.map((column) => `p.${column}`).join(', ')}) is distinct from
    (coalesce(t.price, p.price), ${PRODUCT_COLUMNS.map((column) => `coalesce(t.${column}, p.${column})`).join(', ')}))
  returning p.*
),
product_changes as (
  select e.n, e.sync_id, e.integration_id, e.traceparent, w.*, p.price as previous_price
  from product_writes w
  join (select known_id, max(n) as n from effective where entity_type = 'PRODUCT' and error_code is null and fields_count
    group by known_id) l
    on l.known_id = w.id
  join effective e on e.n = l.n
  join products p on p.id = w.id
)`;

const PRODUCT_CHANGES = `
    union all
    select n, 4, 'product.changed', merchant_id, 'PRODUCT', id, integration_id, sync_id, jsonb_build_object('sku', sku,
      'action', case when deleted_at is null then 'updated' else 'removed' end, 'name', name, 'brand', brand, 'price', price::text, 'previousPrice', previous_price::text,
      'currency', currency), traceparent
    from product_changes`;

const SYNC_ROWS = `
sync_rows as (
  insert into sync_events (id, merchant_id, integration_id, entity_type, entity_id, external_id, operation, direction, status,
    payload, error_code, error_message, max_attempts, idempotency_key, traceparent, processed_at)
  overriding system value
  select sync_id, merchant_id, integration_id, entity_type, known_id, coalesce(external_id, link_external_id),
    case when entity_type in ('INVENTORY', 'PRODUCT') then 'UPDATE' else 'STATUS_CHANGE' end,
    'INBOUND', case status when 'PROCESSED' then 'SUCCESS' when 'FAILED' then 'FAILED' else 'SKIPPED' end,
    jsonb_build_object('webhookEventId', id, 'eventType', event_type, 'sourceStatus', source_status, 'status', new_status,
      'previousStatus', previous_status, 'occurredAt', occurred),
    error_code, error_message, 1, event_id, traceparent, clock_timestamp()
  from effective
  where sync_id is not null
)`;

const changeRows = (has: (kind: InboxKind) => boolean, contents: boolean) => `
change_rows as (
  insert into changes (kind, merchant_id, entity_type, entity_id, integration_id, sync_event_id, data, traceparent)
  select kind, merchant_id, entity_type, entity_id, integration_id, sync_id, data, traceparent
  from (
    select n, place, kind, merchant_id, entity_type, entity_id, integration_id, sync_id, data, traceparent
    from effective e
    cross join lateral (values
      (1, 'webhook_event.status_changed', coalesce(known_id, id), true, jsonb_build_object('webhookEventId', id,
        'eventType', event_type, 'previousStatus', previous, 'newStatus', status, 'errorCode', error_code)),
      (2, 'sync_event.status_changed', known_id, sync_id is not null, jsonb_build_object('previousStatus', null,
        'newStatus', case status when 'PROCESSED' then 'SUCCESS' when 'FAILED' then 'FAILED' else 'SKIPPED' end,
        'errorCode', error_code)),
      (3, lower(entity_type) || '.status_changed', known_id, changed, jsonb_build_object('previousStatus', previous_status,
        'newStatus', new_status, 'sourceStatus', source_status, 'externalId', coalesce(external_id, link_external_id),
        'occurredAt', occurred))${has('ORDER') ? detailChange(contents) : ''}
    ) as c (place, kind, entity_id, wanted, data)
    where wanted
${has('INVENTORY') ? STOCK_CHANGES : ''}
${has('PRODUCT') ? PRODUCT_CHANGES : ''}${contents ? CONTENTS_CHANGES : ''}${TOLD_KINDS.filter(has).map(toldChangeRows).join('')}
  ) c
  -- Reading their counts runs the entities' writes first.
  where ${['0', ...writesOf(has).map(({ name }) => `(select count(*) from ${name})`)].join(' + ')} >= 0
  order by n, place
)`;

const writesOf = (has: (kind: InboxKind) => boolean) => ENTITY_WRITES.filter(({ kind }) => has(kind));

/** `verdicts` → all that follows of events of these kinds; `contents`: also of what they tell of orders beside a status. */
export function writeEffects(kinds: readonly InboxKind[], contents: boolean): string {
  const has = (kind: InboxKind) => kinds.includes(kind);
  return [
    EFFECTIVE,
    ...writesOf(has).map(({ kind, sql }) => (kind === 'ORDER' && contents ? WHOLE_ORDER_WRITES : sql)),
    LINK_WRITES,
    ...(has('INVENTORY') ? [STOCK_WRITES] : []),
    ...(has('PRODUCT') ? [PRODUCT_WRITES] : []),
    ...TOLD_KINDS.filter(has).map(toldChanges),
    SYNC_ROWS,
    changeRows(has, contents),
  ].join(',');
}
