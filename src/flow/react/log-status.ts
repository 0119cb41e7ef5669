import type { ChangeKind } from '../../feed/feed.js';
import type { Reaction } from './reaction.js';

const KINDS: ReadonlySet<ChangeKind> = new Set([
  'order.status_changed',
  'invoice.status_changed',
  'transaction.status_changed',
  'billing_subscription.status_changed',
]);

/** One line for each status that has changed, whoever changed it. It writes nothing, so that it needs no transaction. */
export const logStatus: Reaction = {
  name: 'log-status',
  async concerns({ log }, { kind, merchantId, entityType, entityId, integrationId, data }) {
    if (!KINDS.has(kind)) return false;
    const { previousStatus, newStatus, sourceStatus } = data;
    log.info(
      { merchantId, entityType, entityId, integrationId, previousStatus, newStatus, sourceStatus },
      'status changed',
    );
    return false;
  },
  async react() {},
};
