import { parse } from 'graphql';
import type { SystemHealth } from '../../flow/watching/read-health.js';
import type { CircuitState, Direction, EntityType, Health, IntegrationMode } from '../../model/statuses.js';

const INTEGRATION = `fragment Integration on Integration {
  id merchantId name connector mode enabled credentialsConfigured settings configuredBy createdAt updatedAt
}`;
const ERRORS = 'userErrors { code message path retryAfterMs }';

export const LIST = parse(`query RestIntegrations($filter: IntegrationFilter) {
  integrations(filter: $filter) { ...Integration }
} ${INTEGRATION}`);

export const READ = parse(`query RestIntegration($id: ID!) {
  integration(id: $id) { ...Integration }
} ${INTEGRATION}`);

export const CREATE = parse(`mutation RestCreateIntegration($input: CreateIntegrationInput!) {
  payload: createIntegration(input: $input) { integration { ...Integration } ${ERRORS} }
} ${INTEGRATION}`);

export const UPDATE = parse(`mutation RestUpdateIntegration($input: UpdateIntegrationInput!) {
  payload: updateIntegration(input: $input) { integration { ...Integration } ${ERRORS} }
} ${INTEGRATION}`);

export const DELETE = parse(`mutation RestDeleteIntegration($id: ID!) {
  payload: deleteIntegration(id: $id) { integration { id } ${ERRORS} }
}`);

export const SYNC = parse(`mutation RestStartSync($input: StartSyncInput!) {
  payload: startSync(input: $input) { syncEvent { id status entityType createdAt } ${ERRORS} }
}`);

export const TEST = parse(`mutation RestTestConnection($id: ID!) {
  payload: testConnection(integrationId: $id) { ok latencyMs errorCode errorMessage ${ERRORS} }
}`);

export const REGISTER_WEBHOOK = parse(`mutation RestRegisterWebhook($input: RegisterWebhookInput!) {
  payload: registerWebhook(input: $input) { integration { id webhook { path url events keyRequired } } ${ERRORS} }
}`);

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

export const MAPPINGS = parse(`query RestMappings($id: ID!) {
  integration(id: $id) { id fieldMappings { id entityType direction publishedVersion versions { version status rules } } }
}`);

export const PUT_MAPPINGS = parse(`mutation RestPutMappings($input: PutMappingsInput!) {
  payload: putMappings(input: $input) { mappingVersionIds ${ERRORS} }
}`);

export const PREVIEW_MAPPING = parse(`mutation RestPreviewMapping($input: PreviewMappingInput!) {
  payload: previewMapping(input: $input) {
    preview {
      input output rules { rule source target value errorCode errorMessage }
      differences { path before after errorCode errorMessage }
    } ${ERRORS}
  }
}`);

export interface IntegrationData {
  id: string;
  merchantId: string;
  name: string;
  connector: string;
  mode: IntegrationMode;
  enabled: boolean;
  credentialsConfigured: boolean;
  settings: Record<string, unknown>;
  configuredBy: string;
  createdAt: string;
  updatedAt: string;
}

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

export interface StatisticsData {
  entityType: EntityType;
  pending: number;
  success: number;
  failed: number;
  retrying: number;
  total: number;
}

export interface MappingData {
  id: string;
  entityType: EntityType;
  direction: Direction;
  publishedVersion: number | null;
  versions: { version: number; status: string; rules: RuleData[] }[];
}

export interface RuleData {
  source: string;
  target: string;
  required: boolean;
  transformation: string | null;
  defaultValue: unknown;
}
