import { writeRepairOutcomes } from '../reconcile/write-repair-outcomes.js';
import type { Reaction } from './reaction.js';

const ENDS = new Set<unknown>(['SUCCESS', 'FAILED', 'SKIPPED']);

/** A difference is repaired once the sync event that repairs it has been delivered, and not before. */
export const settleRepairs: Reaction = {
  name: 'settle-repairs',
  async concerns({ integrations }, { kind, merchantId, integrationId, data }) {
    if (kind !== 'sync_event.status_changed' || !ENDS.has(data['newStatus'])) return false;
    const own = (await integrations.byMerchant(merchantId)).find(({ id }) => id === integrationId);
    return own?.connector.lists !== undefined;
  },
  async react(_services, tx, { syncEventId }) {
    if (syncEventId !== null) await writeRepairOutcomes(tx.sql, syncEventId);
  },
};
