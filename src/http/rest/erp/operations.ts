import { parse } from 'graphql';
import type { SyncEventStatus } from '../../../model/statuses.js';

export const CONNECTOR = 'escooter';

const ORDER_FIELDS = 'id number merchantId';
export const ORDER_BY_NUMBER = parse(`query ErpOrder($number: String!) { order(number: $number) { ${ORDER_FIELDS} } }`);
export const ORDER_BY_ID = parse(`query ErpOrderById($id: ID!) { order(id: $id) { ${ORDER_FIELDS} } }`);

export const INTEGRATIONS = parse(`query ErpIntegrations {
  integrations(filter: { connector: "${CONNECTOR}", enabled: true }) { id merchantId }
}`);

export const SYNC = parse(`mutation ErpSync($input: SyncEntityInput!) {
  sync: syncOrder(input: $input) { syncEvent { id } userErrors { code message path retryAfterMs } }
}`);

const RECORD = `id entityId status held attemptCount maxAttempts lastAttemptAt nextAttemptAt externalId errorMessage
  createdAt updatedAt`;
export const RECORD_BY_ID = parse(`query ErpSyncRecord($id: ID!) { record: syncEvent(id: $id) { ${RECORD} } }`);
export const LATEST_RECORD = parse(`query ErpLatestSync($orderId: String!) {
  syncEvents(connector: "${CONNECTOR}", first: 1,
    filter: { entityType: ORDER, entityId: $orderId, direction: OUTBOUND }) { nodes { ${RECORD} } }
}`);

export interface OrderData {
  id: string;
  number: string;
  merchantId: string;
}

/** One sync of an order: the documented sync record. */
export interface RecordData {
  id: string;
  entityId: string;
  status: SyncEventStatus;
  held: boolean;
  attemptCount: number;
  maxAttempts: number;
  lastAttemptAt: string | null;
  nextAttemptAt: string | null;
  externalId: string | null;
  errorMessage: string | null;
  createdAt: string;
  updatedAt: string;
}
