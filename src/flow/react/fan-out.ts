import type { ChangeKind } from '../../feed/feed.js';
import type { EntityType, Operation } from '../../model/statuses.js';
import { lockRow } from '../lock-entity.js';
import type { Sendable } from '../sendable.js';
import { sendToAll } from '../sync/send.js';
import type { Reaction } from './reaction.js';

const OPERATIONS: Partial<Record<ChangeKind, Operation>> = {
  'order.status_changed': 'STATUS_CHANGE',
  'order.updated': 'UPDATE',
  'invoice.status_changed': 'STATUS_CHANGE',
  'invoice.updated': 'UPDATE',
  'customer.updated': 'UPDATE',
  'transaction.status_changed': 'STATUS_CHANGE',
  'transaction.updated': 'UPDATE',
  'billing_subscription.status_changed': 'STATUS_CHANGE',
  'billing_subscription.updated': 'UPDATE',
};

/** What one system reports of an entity is told to the merchant's other systems; what people do is sent by their mutation. */
export const fanOut: Reaction = {
  name: 'fan-out',
  async concerns({ integrations }, { kind, merchantId, entityType, integrationId }) {
    if (integrationId === null || !OPERATIONS[kind]) return false;
    const others = (await integrations.byMerchant(merchantId)).filter(({ id }) => id !== integrationId);
    return others.some(({ enabled, connector }) => enabled && connector.sends.includes(entityType));
  },
  async react(work, { kind, merchantId, entityType, entityId, integrationId }) {
    const operation = OPERATIONS[kind];
    if (!operation || !isSendable(entityType)) return;
    // Locked, so that no older state is put into a lane behind a newer one.
    if (!(await lockRow(work.tx, entityType, entityId, merchantId))) return;
    await sendToAll(work, { merchantId, entityType, entityId }, operation, integrationId);
  },
};

function isSendable(entityType: EntityType): entityType is Sendable['entityType'] {
  return entityType !== 'PRODUCT' && entityType !== 'INVENTORY' && entityType !== 'INTEGRATION';
}
