import type { OrderStatus } from '../../model/statuses.js';
import { lockRow } from '../lock-entity.js';
import { moveOrder } from '../orders/move-order.js';
import type { Reaction } from './reaction.js';
import { takerOf } from './taker-of.js';

/** A paid order that its warehouse has taken is exported; so is one that it refused before. */
export const markTaken: Reaction = {
  name: 'mark-taken',
  concerns: async (services, change) => change.kind === 'order.synced' && (await takerOf(services, change)) !== null,
  async react(work, change) {
    const taker = await takerOf(work.services, change);
    const order = await lockRow<OrderStatus>(work.tx, 'ORDER', change.entityId, change.merchantId);
    if (!taker || (order?.status !== 'PAID' && order?.status !== 'FAILED')) return;
    await moveOrder(work, order, taker.status, taker.integrationId);
  },
};
