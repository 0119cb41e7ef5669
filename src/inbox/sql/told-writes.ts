import { TOLD_FIELDS, type ToldField, type ToldKind } from '../../connectors/told-fields.js';

/** A field of a webhook event as a column of its entity. */
interface Column {
  name: string;
  /** SQL on `a`, the newest told, and `r`, the row as it is. */
  value: string;
}

interface Target {
  table: string;
  number: string;
  hasStatus: boolean;
  /** Beside those that are named as their field. */
  more: readonly Column[];
}

const ADDRESS: Record<string, string> = {
  ...{ name: 'name', company: 'company', line1: 'line1', line2: 'line2', city: 'city', region: 'region' },
  ...{ postal_code: 'postalCode', country: 'country', phone: 'phone' },
};

/** Each part that is told; an address is there where its first line is. */
function partOf(column: string, part: string): string {
  const told = `case when a.address::jsonb ? '${part}' then a.address::jsonb ->> '${part}' else r.address_${column} end`;
  return part === 'line1' ? `case when a.address is null then r.address_line1 else coalesce(${told}, '') end` : told;
}

const TARGETS: Record<ToldKind, Target> = {
  CUSTOMER: {
    table: 'customers',
    number: 'reference',
    hasStatus: false,
    more: Object.entries(ADDRESS).map(([column, part]) => ({ name: `address_${column}`, value: partOf(column, part) })),
  },
  TRANSACTION: { table: 'transactions', number: 'reference', hasStatus: true, more: [] },
  BILLING_SUBSCRIPTION: {
    table: 'billing_subscriptions',
    number: 'reference',
    hasStatus: true,
    more: [
      {
        name: 'cancelled_at',
        value: `case when coalesce(a.status, r.status) = 'CANCELLED' then coalesce(r.cancelled_at, a.at) end`,
      },
    ],
  },
  INVOICE: { table: 'invoices', number: 'number', hasStatus: true, more: [] },
};

const TYPES: Partial<Record<ToldField, string>> = {
  ...{ amount: 'numeric', subtotal: 'numeric', tax: 'numeric', total: 'numeric', paidAmount: 'numeric' },
  ...{
    currentPeriodStart: 'timestamptz',
    currentPeriodEnd: 'timestamptz',
    startedAt: 'timestamptz',
    issuedAt: 'timestamptz',
    dueAt: 'timestamptz',
    paidAt: 'timestamptz',
  },
  cancelAtPeriodEnd: 'boolean',
};
const NAMES: Partial<Record<ToldField, string>> = { interval: 'billing_interval' };
/** Facts of a payment, which nothing that the hub sends can overtake. */
const ALWAYS: ReadonlySet<ToldField> = new Set(['paidAt', 'paidAmount']);

const snake = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const columnOf = (field: ToldField) => NAMES[field] ?? snake(field);

/** The newest word on a field. What counts for nothing: `fields_count`. */
function newest(field: ToldField): string {
  const isTaken = `event ->> '${field}' is not null${ALWAYS.has(field) ? '' : ' and fields_count'}`;
  return `(array_agg(event ->> '${field}' order by n desc) filter (where ${isTaken}))[1]::${TYPES[field] ?? 'text'} as ${snake(field)}`;
}

function columnsOf(kind: ToldKind): Column[] {
  const { hasStatus, more } = TARGETS[kind];
  const fields = TOLD_FIELDS[kind].filter((field) => field !== 'address');
  return [
    ...(hasStatus ? [{ name: 'status', value: 'coalesce(a.status, r.status)' }] : []),
    ...fields.map((field) => ({
      name: columnOf(field),
      value: `coalesce(a.${snake(field)}, r.${columnOf(field)})`,
    })),
    ...more,
  ];
}

/** The name of the step that writes a kind's entities, and the step; changes are written after it. */
export function toldWrites(kind: ToldKind): { kind: ToldKind; name: string; sql: string } {
  const { table } = TARGETS[kind];
  const columns = columnsOf(kind);
  const name = `${table}_writes`;
  const told = TOLD_FIELDS[kind].map(newest).join(',\n      ');
  const sql = `
${name} as (
  update ${table} r
  set ${columns.map((one) => `${one.name} = ${one.value}`).join(', ')}, updated_at = now()
  from (
    select known_id, max(occurred_at) as at,
      (array_agg(new_status order by n desc) filter (where new_status is not null))[1] as status,
      ${told}
    from effective where entity_type = '${kind}' and error_code is null group by known_id
  ) a
  where r.id = a.known_id and (${columns.map((one) => `r.${one.name}`).join(', ')}) is distinct from
    (${columns.map(({ value }) => value).join(', ')})
  returning r.*
)`;
  return { kind, name, sql };
}

const names = (kind: ToldKind, row: string) =>
  columnsOf(kind)
    .map(({ name }) => `${row}.${name}`)
    .join(', ');

/** Entities whose fields changed and whose status did not: that is told by itself. Reads them as they were before the statement. */
export function toldChanges(kind: ToldKind): string {
  const { table, number } = TARGETS[kind];
  const changed = TOLD_FIELDS[kind].map((field) => {
    const columns = field === 'address' ? Object.keys(ADDRESS).map((part) => `address_${part}`) : [columnOf(field)];
    const of = (row: string) => columns.map((column) => `${row}.${column}`).join(', ');
    return `case when (${of('w')}) is distinct from (${of('b')}) then '${field}' end`;
  });
  return `
${table}_changes as (
  select e.n, e.sync_id, e.merchant_id, e.integration_id, e.traceparent, w.id, w.${number} as reference,
    array_remove(array[${changed.join(', ')}], null) as fields
  from ${table}_writes w
  join (select known_id, max(n) as n, bool_or(changed) as moved from effective
    where entity_type = '${kind}' and error_code is null group by known_id) l on l.known_id = w.id and not l.moved
  join effective e on e.n = l.n
  join ${table} b on b.id = w.id
  where (${names(kind, 'w')}) is distinct from (${names(kind, 'b')})
)`;
}

/** Its rows of the feed. */
export function toldChangeRows(kind: ToldKind): string {
  const { table } = TARGETS[kind];
  return `
    union all
    select n, 4, '${kind.toLowerCase()}.updated', merchant_id, '${kind}', id, integration_id, sync_id,
      jsonb_build_object('reference', reference, 'fields', fields), traceparent
    from ${table}_changes`;
}
