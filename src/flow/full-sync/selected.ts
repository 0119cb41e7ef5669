import type { Connector } from '../../connectors/connector.js';
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
