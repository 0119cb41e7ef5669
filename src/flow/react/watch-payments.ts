import type { ChangeEntry } from '../../feed/feed.js';
import { judgePayments } from '../alerts/judge-payments.js';
import type { HubWork } from '../work.js';
import type { Reaction } from './reaction.js';

const ENDED: readonly unknown[] = ['CANCELLED', 'REFUNDED'];

/** A payment, a refund, another total, an end: what was paid of the order is held against its total. */
export const watchPayments: Reaction = {
  name: 'watch-payments',
  async concerns({ integrations }, change) {
    if (!mayMoveMoney(change)) return false;
    return (await integrations.byMerchant(change.merchantId)).some(({ connector }) => connector.records !== undefined);
  },
  async react(work, { entityType, entityId }) {
    const orderId = entityType === 'ORDER' ? entityId : await orderOf(work, entityId);
    if (orderId !== null) await judgePayments(work, orderId);
  },
};

function mayMoveMoney({ kind, data }: ChangeEntry): boolean {
  if (kind.startsWith('transaction.') || kind === 'order.updated') return true;
  return (
    kind === 'order.status_changed' && (ENDED.includes(data['newStatus']) || ENDED.includes(data['previousStatus']))
  );
}

async function orderOf({ tx }: HubWork, transactionId: string): Promise<string | null> {
  const [found] = await tx.sql<{ id: string | null }>('select order_id as id from transactions where id = $1', [
    transactionId,
  ]);
  return found?.id ?? null;
}
