import { parse } from 'graphql';
import { listOf } from '../read-page.js';

const FAILED = 'userErrors { code message path retryAfterMs }';
const EVENT = `id entityType entityId externalId operation direction status errorCode errorMessage retryCount idempotencyKey
  nextAttemptAt createdAt processedAt attempts { startedAt durationMs }`;
const INTEGRATION = `id merchantId name enabled settings credentialsConfigured
  health { health circuit checkedAt latencyMs successRate queueDepth oldestPendingSeconds lastError }`;

export const FIND = parse(`query FlashErpFind { integrations(filter: { connector: "flasherp" }) { ${INTEGRATION} } }`);
export const CREATE = parse(
  `mutation FlashErpCreate($input: CreateIntegrationInput!) { done: createIntegration(input: $input) { integration { ${INTEGRATION} } ${FAILED} } }`,
);
export const UPDATE = parse(
  `mutation FlashErpUpdate($input: UpdateIntegrationInput!) { done: updateIntegration(input: $input) { integration { ${INTEGRATION} } ${FAILED} } }`,
);
export const DELETE = parse(
  `mutation FlashErpDelete($id: ID!) { done: deleteIntegration(id: $id) { integration { id } ${FAILED} } }`,
);
export const TEST = parse(
  `mutation FlashErpTest($id: ID!) { done: testConnection(integrationId: $id) { ok latencyMs errorCode errorMessage ${FAILED} } }`,
);
const sync = (noun: string) =>
  parse(
    `mutation FlashErpSync($input: SyncEntityInput!) { done: sync${noun}(input: $input) { syncEvent { ${EVENT} } ${FAILED} } }`,
  );
export const SYNC = {
  transaction: sync('Transaction'),
  subscription: sync('BillingSubscription'),
  customer: sync('Customer'),
} as const;
/** What a sync is asked of: the hub's id, or the reference that whoever asks knows it by. */
const known = (noun: string) =>
  parse(
    `query FlashErpFindEntity($id: String!, $asId: ID!) { byId: ${noun}(id: $asId) { id } byReference: ${noun}(reference: $id) { id } }`,
  );
export const KNOWN = {
  transaction: known('transaction'),
  subscription: known('billingSubscription'),
  customer: known('customer'),
} as const;
const RUN = `id syncEventId entityTypes state progress totalCount lookedCount sentCount refusedCount createdAt updatedAt
  finishedAt errorCode errorMessage`;
export const FULL_SYNC = parse(
  `mutation FlashErpFullSync($input: StartFullSyncInput!) { done: startFullSync(input: $input) { fullSync { ${RUN} } ${FAILED} } }`,
);
export const CANCEL_FULL_SYNC = parse(
  `mutation FlashErpCancelFullSync($id: ID!) { done: cancelFullSync(id: $id) { fullSync { ${RUN} } ${FAILED} } }`,
);
export const FULL_SYNC_NOW = parse(`query FlashErpFullSyncNow($id: ID!) { fullSync(id: $id) { ${RUN} } }`);
export const RECONCILE = parse(`mutation FlashErpReconcile($input: ReconcileInput!) {
  done: reconcile(input: $input) { reconciliation { id state entityTypes periodFrom periodTo } ${FAILED} } }`);
export const HISTORY = listOf('FlashErpHistory', 'syncEvents', 'SyncEventFilter', EVENT);
export const AUDIT = listOf(
  'FlashErpAudit',
  'auditLog',
  'AuditFilter',
  'id at actor action outcome entityType entityId details requestId durationMs',
);
const TIMING = 'durationMs { count averageMs p50Ms p95Ms p99Ms }';
export const METRICS = parse(`query FlashErpMetrics($id: ID!, $from: DateTime, $to: DateTime) {
  metrics: integrationMetrics(integrationId: $id, from: $from, to: $to) { from to
    syncs { attempts success retried failed successRate retryRate errorRate queueWaitMs ${TIMING} }
    errors { code category count rate } webhooks { received processed ignored failed waiting successRate }
    queue { active retrying deadLetters overdueMs } api { errorRate ${TIMING} statuses { status count rate } } } }`);
export const STATISTICS =
  parse(`query FlashErpStatistics { statistics: syncStatistics(connector: "flasherp", days: 30) {
  entityType pending success failed retrying total } }`);
export const RETRY = parse(
  `mutation FlashErpRetry($id: ID!) { done: retrySyncEvent(id: $id) { syncEvent { ${EVENT} } ${FAILED} } }`,
);
export const SKIP = parse(
  `mutation FlashErpSkip($id: ID!, $reason: String!) { done: skipSyncEvent(id: $id, reason: $reason) { syncEvent { ${EVENT} } ${FAILED} } }`,
);

export interface FlashErpIntegration {
  id: string;
  merchantId: string;
  enabled: boolean;
  settings: Record<string, unknown>;
  credentialsConfigured: boolean;
  health: { health: string; circuit: string; queueDepth: number; lastError: string | null } | null;
}
