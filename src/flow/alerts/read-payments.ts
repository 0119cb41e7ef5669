import type { Sql } from '../../db/database.js';
import { isNegative, subtract, zeroLike } from '../../model/money.js';

/** An order whose payment was confirmed by a system, and what its payments come to, refunds taken off. */
export interface ConfirmedOrder {
  orderId: string;
  number: string;
  merchantId: string;
  status: string;
  currency: string;
  /** Decimal text, as the sums below. */
  total: string;
  /** Sums by currency, without those that are nothing. */
  sums: { currency: string; amount: string }[];
  /** The system that confirmed the first of its payments. */
  integrationId: string;
  integrationName: string;
  connector: string;
}

const READ = `
select o.id as "orderId", o.number, o.merchant_id as "merchantId", o.status, o.currency, o.grand_total::text as total,
  coalesce((select json_agg(json_build_object('currency', s.currency, 'amount', s.amount::text) order by s.currency = o.currency desc, s.currency)
    from (select t.currency, sum(case when t.type = 'REFUND' then -t.amount
        else t.amount - coalesce(t.refunded, case when t.status = 'REFUNDED' then t.amount else 0 end) end) as amount
      from transactions t where t.order_id = o.id and t.type in ('PAYMENT', 'REFUND')
        and t.status in ('SUCCEEDED', 'PARTIALLY_REFUNDED', 'REFUNDED') group by t.currency) s
    where s.amount <> 0), '[]') as sums,
  i.id as "integrationId", i.name as "integrationName", i.connector
from orders o
cross join lateral (select k.integration_id from transactions t
  join links k on k.entity_type = 'TRANSACTION' and k.entity_id = t.id
  join integrations n on n.id = k.integration_id and n.connector = any($2)
  where t.order_id = o.id order by t.created_at, t.id limit 1) c
join integrations i on i.id = c.integration_id
where o.id = any($1)`;

/** Those of the orders of which one of these connectors has confirmed a payment. */
export function readConfirmedOrders(sql: Sql, orderIds: readonly string[], connectors: readonly string[]) {
  return sql<ConfirmedOrder>(READ, [orderIds, connectors]);
}

/** Whose money is settled in another way. */
const ENDED = ['CANCELLED', 'REFUNDED'];

/** By how much its payments differ from its total, as decimal text; zero: they fit, or it does not matter any more. */
export function differenceOf({ status, currency, total, sums }: ConfirmedOrder): string {
  if (ENDED.includes(status)) return zeroLike(total);
  const own = sums.find((sum) => sum.currency === currency)?.amount ?? zeroLike(total);
  const difference = subtract(own, total);
  const foreign = sums.find((sum) => sum.currency !== currency);
  return Number(difference) === 0 && foreign ? foreign.amount : difference;
}

/** The finding in a sentence: both amounts, and what is missing or too much. */
export function sayDifference(order: ConfirmedOrder): string {
  const { integrationName, number, currency, total, sums } = order;
  const paid = sums.map((sum) => `${sum.amount} ${sum.currency}`).join(' and ') || `${zeroLike(total)} ${currency}`;
  const facts = `${integrationName}: order ${number} counts as paid. Its payments, less refunds, come to ${paid}; its total is ${total} ${currency}`;
  const own = sums.find((sum) => sum.currency === currency)?.amount ?? zeroLike(total);
  if (Number(subtract(own, total)) === 0) return `${facts}. What was paid in another currency is beside it.`;
  return isNegative(subtract(own, total))
    ? `${facts}, of which ${subtract(total, own)} ${currency} is missing.`
    : `${facts}, so that ${subtract(own, total)} ${currency} is too much.`;
}
