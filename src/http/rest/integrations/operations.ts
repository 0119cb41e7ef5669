import { parse } from 'graphql';
import type { IntegrationMode } from '../../../model/statuses.js';

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
