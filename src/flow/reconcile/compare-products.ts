import type pg from 'pg';
import type { UpstreamRecord } from '../../connectors/connector.js';
import type { PulledProduct } from '../../connectors/pull.js';
import { DIFFERENCE_COLUMNS } from './compare-sql.js';

/** A product of a pull as it is compared; what its row does not tell is not. */
export function productRecord({ sku, name, price, currency }: PulledProduct): UpstreamRecord {
  const told = Object.entries({ name, price, currency }).filter(([, value]) => value !== null);
  return {
    ...{ externalId: sku, entityId: null, number: sku, updatedAt: null },
    fields: { ...Object.fromEntries(told), active: 'true' },
    details: { sku, name, price, currency },
  };
}

const MATCH = [
  'drop table if exists matched',
  'analyze told',
  `create temp table matched as
select t.*, p.id as hub_id
from (select distinct on (external_id) * from told order by external_id, n desc) t
left join products p on p.sku = t.external_id and p.merchant_id = current_setting('syncline.merchant')`,
  'create index on matched (external_id)',
  'analyze matched',
];

/** `$1` merchant, `$2` integration, `$3` run. Products are the system's to say, so that each difference goes into the hub. */
const MISSING_HERE = `${DIFFERENCE_COLUMNS}
select $1, $2, $3, 'PRODUCT', null, m.external_id, 'MISSING_HERE', null, null, m.external_id, 'IN', m.details
from matched m where m.hub_id is null`;

/** What another system is the source of is not compared with this one. */
const FIELD_DIFFERS = `${DIFFERENCE_COLUMNS}
select $1, $2, $3, 'PRODUCT', p.id, m.external_id, 'FIELD_DIFFERS', f.key, here.fields ->> f.key, f.value, 'IN', m.details
from matched m
join products p on p.id = m.hub_id and coalesce(p.source_integration_id, $2) = $2
cross join lateral (select jsonb_build_object('name', p.name, 'price', p.price::text, 'currency', p.currency,
  'active', (p.deleted_at is null)::text) as fields) here
cross join lateral jsonb_each_text(m.fields) f
where here.fields ->> f.key is distinct from f.value
  and not (f.key = 'price' and (here.fields ->> f.key)::numeric = f.value::numeric)`;

const MISSING_THERE = `${DIFFERENCE_COLUMNS}
select $1, $2, $3, 'PRODUCT', p.id, p.sku, 'MISSING_THERE', null, p.sku, null, 'IN', null
from products p
where p.merchant_id = $1 and p.source_integration_id = $2 and p.deleted_at is null
  and not exists (select from matched m where m.hub_id = p.id)
  and not exists (select from unread u where u.external_id is null or u.external_id = p.sku)`;

/** Writes where the hub's products differ from those that are staged: name, price, currency, and whether they are there. */
export async function compareProducts(client: pg.Client, about: readonly [string, string, string]): Promise<void> {
  await client.query(`select set_config('syncline.merchant', $1, false)`, [about[0]]);
  for (const statement of MATCH) await client.query(statement);
  for (const statement of [MISSING_HERE, FIELD_DIFFERS, MISSING_THERE]) await client.query(statement, [...about]);
}
