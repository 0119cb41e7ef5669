import type { OrderStatus } from '../../model/statuses.js';
import type { Reaction } from './reaction.js';

const ENDED: readonly OrderStatus[] = ['CANCELLED', 'REFUNDED'];

const VOID = 'update payouts set voided_at = now() where order_id = $1 and voided_at is null';

/** Nobody earns of an order that is cancelled or paid back. */
export const voidPayouts: Reaction = {
  name: 'void-payouts',
  concerns: async (_services, { kind, data }) =>
    kind === 'order.status_changed' && ENDED.includes(data['newStatus'] as OrderStatus),
  react: async ({ tx }, { entityId }) => void (await tx.sql(VOID, [entityId])),
};
