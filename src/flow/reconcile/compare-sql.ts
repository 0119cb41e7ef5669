import type { Sendable } from '../sendable.js';

/** Where the hub has a kind, and by which column people know it. */
const SIDES: Record<Sendable['entityType'], { table: string; number: string; hasStatus: boolean }> = {
  ORDER: { table: 'orders', number: 'number', hasStatus: true },
  INVOICE: { table: 'invoices', number: 'number', hasStatus: true },
  CUSTOMER: { table: 'customers', number: 'reference', hasStatus: false },
  TRANSACTION: { table: 'transactions', number: 'reference', hasStatus: true },
  BILLING_SUBSCRIPTION: { table: 'billing_subscriptions', number: 'reference', hasStatus: true },
};

/** Which of the hub's rows each record is, by link, by the echoed id, by number. */
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
    'create index on matched (hub_id, external_id)',
    'create index on matched (external_id)',
    'analyze matched',
  ];
};

export const DIFFERENCE_COLUMNS = `insert into reconciliation_differences (merchant_id, integration_id, reconciliation_id,
  entity_type, entity_id, external_id, kind, field, here_value, there_value, direction, details)`;

/** What is on its way is not compared: it differs by itself until it is there. */
const settled = (link: string) => `coalesce(${link}.state, 'SYNCED') not in ('PENDING', 'SYNCING')`;

const linkOf = (entityType: string, id: string) =>
  `left join links k on k.integration_id = $2 and k.entity_type = '${entityType}' and k.entity_id = ${id}`;

/** `$1` merchant, `$2` integration, `$3` run. */
export const findMissingHere = (entityType: Sendable['entityType']): string => `${DIFFERENCE_COLUMNS}
select $1, $2, $3, '${entityType}', null, m.external_id, 'MISSING_HERE', null, null, coalesce(m.number, m.external_id), 'IN', m.details
from matched m where m.hub_id is null`;

/**
 * `$1` and `$3` where the last page ended, `$2` integration: what both sides have and is not on its way, in pages. `newer`:
 * the system changed it last.
 */
export const pageOfBoth = (entityType: Sendable['entityType'], rows: number): string => `
select m.n, m.hub_id, m.external_id, m.fields::text as fields, m.details::text as details,
  coalesce(m.updated_at > h.updated_at, false) as newer
from matched m join ${SIDES[entityType].table} h on h.id = m.hub_id
${linkOf(entityType, 'h.id')}
where (m.hub_id, m.external_id) > ($1, $3) and ${settled('k')}
order by m.hub_id, m.external_id limit ${rows}`;

/** As {@link findMissingHere}; `$4` kind, `$5` what differs in which record: `{ externalId, hubId, field, here, there, direction }`. */
export const ADD_DIFFERENT = `${DIFFERENCE_COLUMNS}
select $1, $2, $3, $4, d."hubId", m.external_id, 'FIELD_DIFFERS', d.field, d.here, d.there, d.direction, m.details
from jsonb_to_recordset($5::jsonb) as d ("externalId" text, "hubId" text, field text, here text, there text, direction text)
join matched m on m.external_id = d."externalId"`;

/**
 * As {@link findMissingHere}; `$4` and `$5`: made here in this period; `$6`: the statuses in which what was never sent should
 * be there. A record that could not be read may be any that is missing, unless it told which it is.
 */
export const findMissingThere = (entityType: Sendable['entityType']): string => {
  const { table, number, hasStatus } = SIDES[entityType];
  const isOwed = hasStatus ? 'h.status = any($6)' : 'false';
  return `${DIFFERENCE_COLUMNS}
select $1, $2, $3, '${entityType}', h.id, k.external_id, 'MISSING_THERE', null, coalesce(h.${number}, h.id), null, 'OUT', null
from ${table} h
${linkOf(entityType, 'h.id')}
where h.merchant_id = $1 and h.created_at >= $4 and h.created_at < $5 and ${settled('k')}
  and (k.id is not null or $6::text[] is null or ${isOwed})
  and not exists (select from matched m where m.hub_id = h.id)
  and not exists (select from unread u where u.external_id is null or u.external_id = k.external_id)`;
};
