import type { Sendable } from '../sync/find-recipients.js';

interface Side {
  table: string;
  number: string;
  /** What is compared, by the names of the snapshot's fields. */
  fields: Record<string, string>;
}

const SIDES: Record<Sendable['entityType'], Side> = {
  ORDER: {
    table: 'orders',
    number: 'number',
    fields: { number: 'number', status: 'status', currency: 'currency', grandTotal: 'grand_total::text' },
  },
  INVOICE: {
    table: 'invoices',
    number: 'number',
    fields: { number: 'number', status: 'status', currency: 'currency', total: 'total::text' },
  },
  CUSTOMER: {
    table: 'customers',
    number: 'reference',
    fields: { reference: 'reference', name: 'name', email: 'email', phone: 'phone' },
  },
  TRANSACTION: {
    table: 'transactions',
    number: 'reference',
    fields: { reference: 'reference', status: 'status', amount: 'amount::text', currency: 'currency' },
  },
  BILLING_SUBSCRIPTION: {
    table: 'billing_subscriptions',
    number: 'reference',
    fields: { reference: 'reference', plan: 'plan', status: 'status', amount: 'amount::text', currency: 'currency' },
  },
};

const AMOUNTS = `('amount', 'total', 'grandTotal')`;

/** The hub's compared fields of a row as jsonb. */
const hereOf = ({ fields }: Side, row: string) =>
  `jsonb_build_object(${Object.entries(fields)
    .map(([name, column]) => `'${name}', ${row}.${column}`)
    .join(', ')})`;

/** What the system told, in a temporary table of the run's own connection: no page of it stays in this process. */
export const CREATE_STAGE = `create temp table if not exists told (
  external_id text not null, entity_id text, number text, updated_at timestamptz, fields jsonb not null, details jsonb);
truncate told`;

export const COPY_STAGE = 'copy told (external_id, entity_id, number, updated_at, fields, details) from stdin';

/** `$1` integration, `$2` kind, `$3` merchant: which of the hub's rows each record is, by link, by the echoed id, by number. */
export const matchStatements = (entityType: Sendable['entityType']): string[] => {
  const { table, number } = SIDES[entityType];
  return [
    'drop table if exists matched',
    'analyze told',
    `create temp table matched as
select t.*, coalesce(l.entity_id, e.id, n.id) as hub_id
from (select distinct on (external_id) * from told order by external_id, updated_at desc nulls last) t
left join links l on l.integration_id = current_setting('syncline.integration') and l.entity_type = '${entityType}'
  and l.external_id = t.external_id
left join ${table} e on l.entity_id is null and e.id = t.entity_id and e.merchant_id = current_setting('syncline.merchant')
left join ${table} n on l.entity_id is null and e.id is null and n.${number} = t.number
  and n.merchant_id = current_setting('syncline.merchant')`,
    'create index on matched (hub_id)',
    'analyze matched',
  ];
};

const COLUMNS = `insert into reconciliation_differences (merchant_id, integration_id, reconciliation_id, entity_type, entity_id,
  external_id, kind, field, here_value, there_value, direction, details)`;

/** What is on its way is not compared: it differs by itself until it is there. */
const settled = (link: string) => `coalesce(${link}.state, 'SYNCED') not in ('PENDING', 'SYNCING')`;

const linkOf = (entityType: string, id: string) =>
  `left join links k on k.integration_id = $2 and k.entity_type = '${entityType}' and k.entity_id = ${id}`;

/** `$1` merchant, `$2` integration, `$3` run. */
export const findMissingHere = (entityType: Sendable['entityType']): string => `${COLUMNS}
select $1, $2, $3, '${entityType}', null, m.external_id, 'MISSING_HERE', null, null, coalesce(m.number, m.external_id), 'IN', m.details
from matched m where m.hub_id is null`;

/** The same. A status that the system changed last goes into the hub; everything else is the hub's to say. */
export const findFieldDiffers = (entityType: Sendable['entityType']): string => {
  const side = SIDES[entityType];
  return `${COLUMNS}
select $1, $2, $3, '${entityType}', h.id, m.external_id, 'FIELD_DIFFERS', f.key, here.fields ->> f.key, f.value,
  case when f.key = 'status' and m.updated_at > h.updated_at then 'IN' else 'OUT' end, m.details
from matched m join ${side.table} h on h.id = m.hub_id
${linkOf(entityType, 'h.id')}
cross join lateral (select ${hereOf(side, 'h')} as fields) here
cross join lateral jsonb_each_text(m.fields) f
where here.fields ? f.key and here.fields ->> f.key is distinct from f.value and ${settled('k')}
  and not (f.key in ${AMOUNTS} and pg_input_is_valid(f.value, 'numeric')
    and (here.fields ->> f.key)::numeric = f.value::numeric)`;
};

/** The same; `$4` and `$5`: made here in this period; `$6`: the statuses in which what was never sent should be there. */
export const findMissingThere = (entityType: Sendable['entityType']): string => {
  const { table, number, fields } = SIDES[entityType];
  const isOwed = 'status' in fields ? 'h.status = any($6)' : 'false';
  return `${COLUMNS}
select $1, $2, $3, '${entityType}', h.id, k.external_id, 'MISSING_THERE', null, coalesce(h.${number}, h.id), null, 'OUT', null
from ${table} h
${linkOf(entityType, 'h.id')}
where h.merchant_id = $1 and h.created_at >= $4 and h.created_at < $5 and ${settled('k')}
  and (k.id is not null or $6::text[] is null or ${isOwed})
  and not exists (select from matched m where m.hub_id = h.id)`;
};

/** `$1` the row's id: its compared fields as they are now. */
export const readHere = (entityType: Sendable['entityType']): string => {
  const side = SIDES[entityType];
  return `select ${hereOf(side, 'h')}::text as fields from ${side.table} h where h.id = $1`;
};
