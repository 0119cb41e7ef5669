import { writeRepairOutcomes } from '../reconcile/write-repair-outcomes.js';
import { integrationOf } from './integration-of.js';
import type { Reaction } from './reaction.js';

const ENDS = new Set<unknown>(['SUCCESS', 'FAILED', 'SKIPPED']);

/** A difference is repaired once the sync event that repairs it has been delivered, and not before. */
export const settleRepairs: Reaction = {
  name: 'settle-repairs',
  async concerns(services, change) {
    const { kind, data } = change;
    if (kind !== 'sync_event.status_changed' || !ENDS.has(data['newStatus'])) return false;
    return (await integrationOf(services, change))?.connector.lists !== undefined;
  },
  async react({ tx }, { syncEventId }) {
    if (syncEventId !== null) await writeRepairOutcomes(tx.sql, syncEventId);
  },
};
