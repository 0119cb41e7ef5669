import type { Sql } from '../../db/database.js';
import { isNegative, subtract, zeroLike } from '../../model/money.js';

/** What came in one currency. */
interface PaidSum {
  currency: string;
  /** All that was paid. */
  received: string;
  /** The same, less what was given back. */
  amount: string;
}

/** An order whose payment was confirmed by a system, and what its payments come to. */
export interface ConfirmedOrder {
  orderId: string;
  number: string;
  merchantId: string;
  status: string;
  currency: string;
  /** Decimal text, as the sums below. */
  total: string;
  /** The order's own currency first. */
  sums: PaidSum[];
  /** The system that confirmed the first of its payments. */
  integrationId: string;
  integrationName: string;
  connector: string;
}

const READ = `
select o.id as "orderId", o.number, o.merchant_id as "merchantId", o.status, o.currency, o.grand_total::text as total,
  coalesce((select json_agg(json_build_object('currency', s.currency, 'received', s.received::text, 'amount', s.amount::text)
      order by s.currency = o.currency desc, s.currency)
    from (select t.currency, sum(t.amount) filter (where t.type = 'PAYMENT') as received, sum(case when t.type = 'REFUND' then -t.amount
        else t.amount - coalesce(t.refunded, case when t.status = 'REFUNDED' then t.amount else 0 end) end) as amount
      from transactions t where t.order_id = o.id and t.type in ('PAYMENT', 'REFUND')
        and t.status in ('SUCCEEDED', 'PARTIALLY_REFUNDED', 'REFUNDED') group by t.currency) s
    where s.received <> 0), '[]') as sums,
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

/**
 * By how much its payments differ from its total, as decimal text; zero: they fit, or it does not matter any more. Too little
 * is judged by what was paid, so that giving back a part of an order that was paid in full is no difference.
 */
export function differenceOf({ status, currency, total, sums }: ConfirmedOrder): string {
  if (ENDED.includes(status)) return zeroLike(total);
  const own = sums.find((sum) => sum.currency === currency);
  const missing = subtract(own?.received ?? zeroLike(total), total);
  if (isNegative(missing)) return missing;
  const surplus = subtract(own?.amount ?? zeroLike(total), total);
  if (Number(surplus) > 0) return surplus;
  return sums.find((sum) => sum.currency !== currency && Number(sum.amount) !== 0)?.amount ?? zeroLike(total);
}

/** The finding in a sentence: both amounts, and what is missing or too much. */
export function sayDifference(order: ConfirmedOrder): string {
  const { integrationName, number, currency, total, sums } = order;
  const own = sums.find((sum) => sum.currency === currency);
  const isShort = isNegative(subtract(own?.received ?? zeroLike(total), total));
  const paid = sums.map((sum) => `${isShort ? sum.received : sum.amount} ${sum.currency}`).join(' and ');
  const facts = `${integrationName}: order ${number} counts as paid. Its payments${isShort ? '' : ', less refunds,'} come to ${paid || `${zeroLike(total)} ${currency}`}; its total is ${total} ${currency}`;
  if (isShort) return `${facts}, of which ${subtract(total, own?.received ?? zeroLike(total))} ${currency} is missing.`;
  const surplus = subtract(own?.amount ?? zeroLike(total), total);
  return Number(surplus) > 0
    ? `${facts}, so that ${surplus} ${currency} is too much.`
    : `${facts}. What was paid in another currency is beside it.`;
}
