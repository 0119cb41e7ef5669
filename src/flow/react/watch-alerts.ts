import type { AlertWatch } from '../alerts/alert-watch.js';
import type { Reaction } from './reaction.js';

/** Dead letters may come by the thousand; the job sees the last of them within a minute. */
const PAUSE_MS = 5_000;

/**
 * A circuit that moved, a system that turned, a reconciliation that ended, a dead letter that came or went, an entity that is no
 * longer sent on: its integration's alerts are looked at now, after the commit and beside it, so that no other reaction waits for a measure.
 */
export function watchAlerts(alerts: AlertWatch): Reaction {
  const evaluatedAt = new Map<string, number>();
  return {
    name: 'watch-alerts',
    concerns: async (_services, { kind, integrationId, data }) => {
      if (integrationId === null) return false;
      if (kind === 'connector_health.changed') return true;
      if (kind === 'reconciliation.changed') return data['state'] === 'COMPLETE';
      if (kind !== 'sync_event.status_changed' || !concernsAlerts(data)) return false;
      return performance.now() - (evaluatedAt.get(occasionOf(integrationId, kind, data)) ?? -PAUSE_MS) >= PAUSE_MS;
    },
    react: async ({ tx }, { integrationId, kind, data }) => {
      if (integrationId === null) return;
      evaluatedAt.set(occasionOf(integrationId, kind, data), performance.now());
      tx.afterCommit(() => alerts.look(integrationId));
    },
  };
}

const concernsAlerts = ({ previousStatus, newStatus, errorCode }: Record<string, unknown>) =>
  newStatus === 'FAILED' || previousStatus === 'FAILED' || errorCode === 'SYNC_LOOP';

/** So that a dead letter that comes does not hide that another one went. */
const occasionOf = (integrationId: string, kind: string, { newStatus }: Record<string, unknown>) =>
  `${integrationId} ${kind} ${newStatus === 'FAILED'}`;
