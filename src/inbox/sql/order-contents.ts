/** A part of an order as an event tells it, and the column that it stands in. */
interface Part {
  path: string;
  column: string;
  type: 'text' | 'numeric' | 'timestamptz';
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const below = (path: string, prefix: string, names: readonly string[], type: Part['type']): Part[] =>
  names.map((name) => ({ path: `${path}.${name}`, column: `${prefix}${snake(name)}`, type }));

const ADDRESS = ['name', 'company', 'line1', 'line2', 'city', 'region', 'postalCode', 'country', 'phone'];
const TOTALS = ['subtotal', 'tax', 'shipping', 'discount', 'grandTotal'];

/** What of an order is told together is named together in the feed. */
const GROUPS: Record<string, Part[]> = {
  placedAt: [{ path: 'placedAt', column: 'placed_at', type: 'timestamptz' }],
  deliveryMethod: [{ path: 'deliveryMethod', column: 'delivery_method', type: 'text' }],
  notes: [{ path: 'notes', column: 'notes', type: 'text' }],
  totals: below('totals', '', TOTALS, 'numeric'),
  shippingAddress: below('shippingAddress', 'shipping_', ADDRESS, 'text'),
  billingAddress: below('billingAddress', 'billing_', ADDRESS, 'text'),
};
const PARTS = Object.values(GROUPS).flat();

/** What was paid out to others was reckoned from the totals: they stay. */
const isPaidOut = 'exists (select from payouts p where p.order_id = o.id)';

function newValue({ path, column, type }: Part): string {
  const [group] = path.split('.');
  const told = `(t.told ->> '${path}')::${type}`;
  if (group === 'totals') return `case when ${isPaidOut} then o.${column} else coalesce(${told}, o.${column}) end`;
  if (!path.endsWith('.line1')) return `coalesce(${told}, o.${column})`;
  // An address is there where its first line is.
  const isTold = `t.told ?| array[${ADDRESS.map((name) => `'${group}.${name}'`).join(', ')}]`;
  return `coalesce(${told}, o.${column}, case when ${isTold} then '' end)`;
}

const CUSTOMER_ID = `case when o.customer_id is null or t.told ? 'customer.reference'
      then coalesce(t.told ->> 'customer.id', o.customer_id) else o.customer_id end`;
const METADATA = `case when t.metadata is null then o.metadata else coalesce(o.metadata, '{}') || t.metadata end`;

/**
 * The newest word on each part of an order. An order of which the hub has sent something that is still on its way there is
 * told of as it was before: that counts for nothing.
 */
export const CONTENTS_TOLD = `
contents_told as materialized (
  select e.known_id, max(e.n) as n, jsonb_object_agg(k.key, k.value order by e.n) as told,
    jsonb_object_agg(substr(k.key, 10), k.value order by e.n) filter (where k.key like 'metadata.%') as metadata
  from effective e cross join jsonb_each(nullif(e.event -> 'contents', 'null')) k
  where e.entity_type = 'ORDER' and e.error_code is null
    and (e.fields_count or not e.has_old_fields and e.link ->> 0 is null)
  group by e.known_id
)`;

const COLUMNS = [...PARTS.map(({ column }) => column), 'customer_id', 'metadata'];
const VALUES = [...PARTS.map(newValue), CUSTOMER_ID, METADATA];

/** What an order's row becomes, on `o`, the row, and `t`, what is told. */
export const CONTENTS_SET = COLUMNS.map((column, index) => `${column} = ${VALUES[index]}`).join(',\n    ');

/** Whether it becomes another, or its customer does: one that is told what it is already is not written. */
export const CONTENTS_DIFFER = `t.known_id is not null and ((${COLUMNS.map((column) => `o.${column}`).join(', ')})
      is distinct from (${VALUES.join(', ')}) or exists (select from order_customer_writes c where c.id = ${CUSTOMER_ID}))`;

const CUSTOMER_FIELDS = ['name', 'email', 'phone'];
/** One that the merchant knows somebody else by stays with that one. */
const REFERENCE = `coalesce(c.reference, case when not exists (select from customers x
    where x.merchant_id = c.merchant_id and x.reference = a.told ->> 'customer.reference') then a.told ->> 'customer.reference' end)`;
const customerValues = [
  ...CUSTOMER_FIELDS.map((name) => `coalesce(a.told ->> 'customer.${name}', c.${name})`),
  REFERENCE,
];

/** The customers of such orders. */
export const CUSTOMERS_TOLD = `
order_customer_writes as (
  update customers c
  set (name, email, phone, reference) = (${customerValues.join(', ')}), updated_at = now()
  from (
    select ${CUSTOMER_ID} as customer_id, max(t.n) as n, jsonb_object_agg(k.key, k.value order by t.n) as told
    from contents_told t join orders o on o.id = t.known_id cross join jsonb_each(t.told) k
    where k.key like 'customer.%'
    group by 1
  ) a
  where c.id = a.customer_id and (c.name, c.email, c.phone, c.reference) is distinct from (${customerValues.join(', ')})
  returning c.*, a.n
)`;

/** What changed of orders and customers, compared with how they were before the statement. */
export const CONTENTS_CHANGED = `
contents_changes as (
  select e.n, e.sync_id, e.merchant_id, e.integration_id, e.traceparent, w.id, array_remove(array[
    ${Object.entries(GROUPS)
      .map(([name, parts]) => {
        const of = (row: string) => parts.map(({ column }) => `${row}.${column}`).join(', ');
        return `case when (${of('w')}) is distinct from (${of('b')}) then '${name}' end`;
      })
      .join(',\n    ')},
    case when w.metadata is distinct from b.metadata then 'metadata' end,
    case when w.tracking_numbers is distinct from b.tracking_numbers then 'trackingNumbers' end,
    case when w.customer_id is distinct from b.customer_id
      or exists (select from order_customer_writes c where c.id = w.customer_id) then 'customer' end], null) as fields
  from order_writes w
  join contents_told t on t.known_id = w.id
  join effective e on e.n = t.n
  join orders b on b.id = w.id
  where not exists (select from effective m where m.known_id = w.id and m.changed)
)`;

/** Rows of the feed. */
export const CONTENTS_CHANGES = `
    union all
    select n, 4, 'order.updated', merchant_id, 'ORDER', id, integration_id, sync_id,
      jsonb_build_object('fields', fields), traceparent
    from contents_changes where cardinality(fields) > 0
    union all
    select e.n, 5, 'customer.updated', e.merchant_id, 'CUSTOMER', c.id, e.integration_id, null,
      jsonb_build_object('reference', c.reference, 'fields', array_remove(array[
        ${CUSTOMER_FIELDS.map((name) => `case when c.${name} is distinct from b.${name} then '${name}' end`).join(', ')},
        case when c.reference is distinct from b.reference then 'reference' end], null)), e.traceparent
    from order_customer_writes c join customers b on b.id = c.id join effective e on e.n = c.n`;
