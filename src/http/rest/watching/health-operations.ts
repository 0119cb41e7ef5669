import { parse } from 'graphql';
import type { SystemHealth } from '../../../flow/watching/read-health.js';
import type { CircuitState, Health } from '../../../model/statuses.js';

/** Each integration's health, as a field of a query. */
export const STATE = `connectorHealth {
    integration { id name connector merchantId enabled }
    health circuit checkedAt latencyMs successRate queueDepth oldestPendingSeconds lastError
  }`;
export const HEALTH = parse(`query RestSystemHealth {
  ${STATE}
  systemHealth {
    status phase uptimeSeconds
    components {
      database { health latencyMs connections }
      queue { active retrying deadLetters overdueMs }
      jobs { health total running paused failed overdue }
      dispatcher { health instances }
      instances { instance memoryRatio memoryBytes cpuRatio reportedAt }
      upstreams { connector health integrations openCircuits checkedAt }
    }
  }
}`);

export interface HealthData {
  integration: { id: string; name: string; connector: string; merchantId: string; enabled: boolean };
  health: Health;
  circuit: CircuitState;
  checkedAt: string | null;
  latencyMs: number | null;
  successRate: number | null;
  queueDepth: number;
  oldestPendingSeconds: number | null;
  lastError: string | null;
}

export interface SystemHealthData {
  connectorHealth: HealthData[];
  systemHealth: SystemHealth;
}
