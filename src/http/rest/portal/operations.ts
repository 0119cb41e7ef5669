import { parse } from 'graphql';
import type { SyncStatistics } from '../../../../schema/watching/statistics.js';
import type { Direction, EntityType, Operation, SyncEventStatus, SyncState } from '../../../model/statuses.js';

export const CONNECTOR = 'b2b-portal';

const EVENT = `fragment Event on SyncEvent {
  id entityType entityId externalId operation direction payload status errorMessage retryCount idempotencyKey
  createdAt updatedAt processedAt integration { connector }
}`;

const ENTITY = `id merchantId
  links { externalId state syncedAt lastError integration { connector } }
  syncEvents(first: $limit, after: $after) { nodes { ...Event } pageInfo { hasNextPage endCursor } }`;

export const ORDER = parse(
  `query PortalOrder($id: ID!, $limit: Int!, $after: Cursor) { entity: order(id: $id) { ${ENTITY} } } ${EVENT}`,
);
export const INVOICE = parse(
  `query PortalInvoice($id: ID!, $limit: Int!, $after: Cursor) { entity: invoice(id: $id) { ${ENTITY} } } ${EVENT}`,
);

export const PENDING = parse(`query PortalPending($entityType: EntityType, $limit: Int!) {
  syncEvents(connector: "${CONNECTOR}", first: $limit,
    filter: { entityType: $entityType, status: [PENDING, IN_PROGRESS, RETRYING] }) { nodes { ...Event } }
} ${EVENT}`);

export const STATISTICS = parse(`query PortalStatistics {
  syncStatistics(connector: "${CONNECTOR}", days: 30) { entityType pending success failed retrying total }
}`);

export const INTEGRATIONS = parse(`query PortalIntegrations {
  integrations(filter: { connector: "${CONNECTOR}", enabled: true }) { id merchantId }
}`);

const PAYLOAD = 'syncEvent { ...Event } userErrors { code message path retryAfterMs }';
export const SYNC_ORDER = parse(
  `mutation PortalSyncOrder($input: SyncEntityInput!) { sync: syncOrder(input: $input) { ${PAYLOAD} } } ${EVENT}`,
);
export const SYNC_INVOICE = parse(
  `mutation PortalSyncInvoice($input: SyncEntityInput!) { sync: syncInvoice(input: $input) { ${PAYLOAD} } } ${EVENT}`,
);

interface Used {
  integration: { connector: string };
}

export interface EventData extends Used {
  id: string;
  entityType: EntityType;
  entityId: string;
  externalId: string | null;
  operation: Operation;
  direction: Direction;
  payload: unknown;
  status: SyncEventStatus;
  errorMessage: string | null;
  retryCount: number;
  idempotencyKey: string;
  createdAt: string;
  updatedAt: string;
  processedAt: string | null;
}

export interface EntityData {
  id: string;
  merchantId: string;
  links: (Used & { externalId: string | null; state: SyncState; syncedAt: string | null; lastError: string | null })[];
  syncEvents: { nodes: EventData[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
}

export type StatisticsData = Omit<SyncStatistics, 'skipped'>;
