import { newId } from '../../model/ids.js';
import { type PayoutLine, splitTotal } from '../../model/payouts.js';
import { lockRow } from '../lock-entity.js';
import type { Reaction } from './reaction.js';

/** A brand's part of what its products earn, unless the brand or its merchant has its own. */
const USUAL_PERCENT = '70';
/** Gets the brands' part of lines whose SKU is no known product, or has no brand. */
const UNKNOWN_BRAND = 'unknown brand';

const ORDER = `select o.grand_total as total, o.currency, exists (select from payouts p where p.order_id = o.id) as paid_out
from orders o where o.id = $1`;

const LINES = `select coalesce(p.brand, $2) as recipient, coalesce(b.payout_percent, m.payout_percent, $3::numeric)::text as percent, l.total
from order_lines l
left join merchants m on m.id = l.merchant_id
left join products p on p.merchant_id = l.merchant_id and p.sku = l.sku
left join brands b on b.merchant_id = l.merchant_id and b.name = p.brand
where l.order_id = $1 order by l.line_no`;

const INSERT = `insert into payouts (merchant_id, order_id, currency, id, recipient, share, amount)
select $1, $2, $3, * from unnest($4::text[], $5::text[], $6::numeric[], $7::numeric[])`;

/** What each brand earns of an order, worked out once, when it is paid. */
export const payOut: Reaction = {
  name: 'pay-out',
  concerns: async (_services, { kind, data }) =>
    (kind === 'order.status_changed' || kind === 'order.created') && data['newStatus'] === 'PAID',
  async react({ tx }, { entityId, merchantId }) {
    if (!(await lockRow(tx, 'ORDER', entityId, merchantId))) return;
    const [order] = await tx.sql<{ total: string; currency: string; paid_out: boolean }>(ORDER, [entityId]);
    if (!order || order.paid_out) return;
    const lines = await tx.sql<PayoutLine>(LINES, [entityId, UNKNOWN_BRAND, USUAL_PERCENT]);
    const shares = splitTotal(order.total, lines, decimalsOf(order.currency, order.total));
    await tx.sql(INSERT, [
      merchantId,
      entityId,
      order.currency,
      shares.map(() => newId('Payout')),
      shares.map(({ recipient }) => recipient),
      shares.map(({ share }) => share),
      shares.map(({ amount }) => amount),
    ]);
  },
};

/** Places of the currency's smallest coin; more where the total itself has more. */
function decimalsOf(currency: string, total: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  const own = total.split('.')[1]?.replace(/0+$/, '').length ?? 0;
  return Math.max(maximumFractionDigits, own);
}
