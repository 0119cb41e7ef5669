import type { OrderStatus } from '../../model/statuses.js';
import { lockRow } from '../lock-entity.js';
import { moveOrder } from '../orders/move-order.js';
import type { Reaction } from './reaction.js';
import { takerOf } from './taker-of.js';

const TAKEN = `select 1 from links
where entity_id = $1 and entity_type = 'ORDER' and integration_id = $2 and external_id is not null`;

/** A paid order that its warehouse has refused for good is failed; the alert is the alert rules' work. */
export const markFailed: Reaction = {
  name: 'mark-failed',
  async concerns(services, change) {
    const isEnd = change.kind === 'sync_event.status_changed' && change.data['newStatus'] === 'FAILED';
    return isEnd && change.entityType === 'ORDER' && (await takerOf(services, change)) !== null;
  },
  async react(work, change) {
    const taker = await takerOf(work.services, change);
    const order = await lockRow<OrderStatus>(work.tx, 'ORDER', change.entityId, change.merchantId);
    if (!taker || order?.status !== 'PAID') return;
    if ((await work.tx.sql(TAKEN, [order.entityId, taker.integrationId])).length > 0) return;
    await moveOrder(work, order, 'FAILED', taker.integrationId);
  },
};
