import { parse } from 'graphql';

const FAILED = 'userErrors { code message path retryAfterMs }';
const EVENT = `id entityType entityId externalId operation direction status errorCode errorMessage retryCount idempotencyKey
  nextAttemptAt createdAt processedAt`;
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
export const RECENT = parse(`query FlashErpRecent($merchantId: String!, $from: DateTime!) {
  transactions(filter: { merchantId: $merchantId, occurredFrom: $from }, first: 100) { nodes { id } }
  billingSubscriptions(filter: { merchantId: $merchantId, status: [TRIALING, ACTIVE, PAST_DUE] }, first: 100) { nodes { id } }
}`);
export const RECONCILE = parse(`mutation FlashErpReconcile($input: ReconcileInput!) {
  done: reconcile(input: $input) { reconciliation { id state entityTypes periodFrom periodTo } ${FAILED} } }`);
export const HISTORY = parse(`query FlashErpHistory($filter: SyncEventFilter, $first: Int!, $after: Cursor) {
  list: syncEvents(filter: $filter, first: $first, after: $after) { totalCount nodes { ${EVENT} } pageInfo { endCursor hasNextPage } } }`);
export const AUDIT = parse(`query FlashErpAudit($filter: AuditFilter, $first: Int!, $after: Cursor) {
  list: auditLog(filter: $filter, first: $first, after: $after) { totalCount
    nodes { id at actor action outcome entityType entityId details requestId } pageInfo { endCursor hasNextPage } } }`);
export const METRICS = parse(`query FlashErpStatistics { statistics: syncStatistics(connector: "flasherp", days: 30) {
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

export interface Listed {
  list: {
    totalCount: number;
    nodes: Record<string, unknown>[];
    pageInfo: { endCursor: string | null; hasNextPage: boolean };
  };
}
