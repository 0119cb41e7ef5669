import type { Connector } from '../../connectors/connector.js';
import type { Sql } from '../../db/database.js';
import type { Sendable } from '../sendable.js';

type Kind = Sendable['entityType'];

export const TABLES: Record<Kind, string> = {
  ORDER: 'orders',
  INVOICE: 'invoices',
  CUSTOMER: 'customers',
  TRANSACTION: 'transactions',
  BILLING_SUBSCRIPTION: 'billing_subscriptions',
};

/** What a system takes once it is invoiced comes with its first invoice. */
const INVOICED = `k.synced_at is null and exists (
  select from invoices v where v.order_id = e.id and v.created_at >= $3::timestamptz)`;

const CHANGED = `e.updated_at >= $3::timestamptz
  and (k.id is null or k.state <> 'SYNCED' or k.synced_at is null or k.synced_at < e.updated_at)`;

/** The entities `e` of a run with their links `k`. `$1`: merchant, `$2`: integration, `$3`: since when; null: all. */
export function selectedOf(kind: Kind, { holdInvoicedOrders }: Connector): string {
  const missed = kind === 'ORDER' && holdInvoicedOrders ? INVOICED : CHANGED;
  return `from ${TABLES[kind]} e
left join links k on k.integration_id = $2 and k.entity_type = '${kind}' and k.entity_id = e.id
where e.merchant_id = $1 and ($3::timestamptz is null or ${missed})`;
}

/** Whose entities a run is of. */
export interface Selection {
  merchantId: string;
  integrationId: string;
  kinds: readonly Kind[];
  connector: Connector;
  /** ISO time; null: all. */
  since: string | null;
}

/** How many entities a run is of: reads them all. */
export async function countSelected(sql: Sql, selection: Selection): Promise<number> {
  const counts = selection.kinds.map((kind) => `(select count(*) ${selectedOf(kind, selection.connector)})`);
  const [row] = await sql<{ total: string }>(`select ${counts.join(' + ')} as total`, valuesOf(selection));
  return Number(row?.total ?? 0);
}

/** Whether a run would be of any. */
export async function selectsAny(sql: Sql, selection: Selection): Promise<boolean> {
  const looks = selection.kinds.map((kind) => `exists (select ${selectedOf(kind, selection.connector)})`);
  const [row] = await sql<{ found: boolean }>(`select ${looks.join(' or ')} as found`, valuesOf(selection));
  return row?.found === true;
}

const valuesOf = ({ merchantId, integrationId, since }: Selection) => [merchantId, integrationId, since];
