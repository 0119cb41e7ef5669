/** The closed lists of the public schema. Values are stored as they are named. */
export const EntityType = {
  ORDER: 'ORDER',
  INVOICE: 'INVOICE',
  CUSTOMER: 'CUSTOMER',
  TRANSACTION: 'TRANSACTION',
  BILLING_SUBSCRIPTION: 'BILLING_SUBSCRIPTION',
  PRODUCT: 'PRODUCT',
  INVENTORY: 'INVENTORY',
  INTEGRATION: 'INTEGRATION',
} as const;
export type EntityType = keyof typeof EntityType;

export const Operation = {
  CREATE: 'CREATE',
  UPDATE: 'UPDATE',
  DELETE: 'DELETE',
  STATUS_CHANGE: 'STATUS_CHANGE',
  QUERY: 'QUERY',
} as const;
export type Operation = keyof typeof Operation;

export const Direction = { OUTBOUND: 'OUTBOUND', INBOUND: 'INBOUND' } as const;
export type Direction = keyof typeof Direction;

export const SyncEventStatus = {
  PENDING: 'PENDING',
  IN_PROGRESS: 'IN_PROGRESS',
  RETRYING: 'RETRYING',
  SUCCESS: 'SUCCESS',
  FAILED: 'FAILED',
  SKIPPED: 'SKIPPED',
} as const;
export type SyncEventStatus = keyof typeof SyncEventStatus;

export const SyncState = {
  PENDING: 'PENDING',
  SYNCING: 'SYNCING',
  SYNCED: 'SYNCED',
  FAILED: 'FAILED',
  SKIPPED: 'SKIPPED',
} as const;
export type SyncState = keyof typeof SyncState;

export const OrderStatus = {
  PENDING: 'PENDING',
  CONFIRMED: 'CONFIRMED',
  PAID: 'PAID',
  EXPORTED: 'EXPORTED',
  PROCESSING: 'PROCESSING',
  PICKING: 'PICKING',
  PACKED: 'PACKED',
  SHIPPED: 'SHIPPED',
  DELIVERED: 'DELIVERED',
  CANCELLED: 'CANCELLED',
  RETURNED: 'RETURNED',
  REFUNDED: 'REFUNDED',
  ON_HOLD: 'ON_HOLD',
  FAILED: 'FAILED',
} as const;
export type OrderStatus = keyof typeof OrderStatus;

export const InvoiceStatus = {
  DRAFT: 'DRAFT',
  ISSUED: 'ISSUED',
  SENT: 'SENT',
  PAID: 'PAID',
  PARTIALLY_PAID: 'PARTIALLY_PAID',
  OVERDUE: 'OVERDUE',
  CANCELLED: 'CANCELLED',
  REFUNDED: 'REFUNDED',
  VOID: 'VOID',
} as const;
export type InvoiceStatus = keyof typeof InvoiceStatus;

export const TransactionStatus = {
  PENDING: 'PENDING',
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  CANCELLED: 'CANCELLED',
  DISPUTED: 'DISPUTED',
  PARTIALLY_REFUNDED: 'PARTIALLY_REFUNDED',
  REFUNDED: 'REFUNDED',
} as const;
export type TransactionStatus = keyof typeof TransactionStatus;

export const TransactionType = { PAYMENT: 'PAYMENT', REFUND: 'REFUND', ADJUSTMENT: 'ADJUSTMENT' } as const;
export type TransactionType = keyof typeof TransactionType;

export const BillingSubscriptionStatus = {
  INCOMPLETE: 'INCOMPLETE',
  TRIALING: 'TRIALING',
  ACTIVE: 'ACTIVE',
  PAST_DUE: 'PAST_DUE',
  PAUSED: 'PAUSED',
  CANCELLED: 'CANCELLED',
} as const;
export type BillingSubscriptionStatus = keyof typeof BillingSubscriptionStatus;

export const BillingInterval = { DAY: 'DAY', WEEK: 'WEEK', MONTH: 'MONTH', YEAR: 'YEAR' } as const;
export type BillingInterval = keyof typeof BillingInterval;

/** The statuses of each kind of entity that has one. */
const STATUSES = {
  ORDER: OrderStatus,
  INVOICE: InvoiceStatus,
  TRANSACTION: TransactionStatus,
  BILLING_SUBSCRIPTION: BillingSubscriptionStatus,
} as const;
/** The statuses that an entity of this kind may have; none for those without. */
export function statusesOf(entityType: EntityType): Readonly<Record<string, string>> {
  return (STATUSES as Partial<Record<EntityType, Readonly<Record<string, string>>>>)[entityType] ?? {};
}

export type EntityStatus = OrderStatus | InvoiceStatus | TransactionStatus | BillingSubscriptionStatus;

export const Health = { HEALTHY: 'HEALTHY', DEGRADED: 'DEGRADED', DOWN: 'DOWN', UNKNOWN: 'UNKNOWN' } as const;
export type Health = keyof typeof Health;

export const CircuitState = { CLOSED: 'CLOSED', OPEN: 'OPEN', HALF_OPEN: 'HALF_OPEN' } as const;
export type CircuitState = keyof typeof CircuitState;

export const IntegrationMode = { POLLING: 'POLLING', WEBHOOK: 'WEBHOOK', HYBRID: 'HYBRID' } as const;
export type IntegrationMode = keyof typeof IntegrationMode;

export const WebhookStatus = {
  RECEIVED: 'RECEIVED',
  PROCESSED: 'PROCESSED',
  FAILED: 'FAILED',
  IGNORED: 'IGNORED',
} as const;
export type WebhookStatus = keyof typeof WebhookStatus;

/**
 * What a webhook says of its entity: a status, other fields, or nothing that is kept there. `OVERTAKEN`: fields that a change
 * of the hub, on its way to the system, will soon replace.
 */
export const WebhookNews = { STATUS: 'STATUS', FIELDS: 'FIELDS', NOTHING: 'NOTHING', OVERTAKEN: 'OVERTAKEN' } as const;
export type WebhookNews = keyof typeof WebhookNews;

/** Of a file that was handed over. */
export const FileStatus = { WAITING: 'WAITING', PROCESSING: 'PROCESSING', DONE: 'DONE', FAILED: 'FAILED' } as const;
export type FileStatus = keyof typeof FileStatus;

export const FileSource = { FOLDER: 'FOLDER', UPLOAD: 'UPLOAD' } as const;
export type FileSource = keyof typeof FileSource;

/** KEPT: no channel takes it; it is shown, not sent. */
export const NotificationStatus = { PENDING: 'PENDING', SENT: 'SENT', KEPT: 'KEPT', FAILED: 'FAILED' } as const;
export type NotificationStatus = keyof typeof NotificationStatus;

export const Role = { admin: 'admin', operator: 'operator', viewer: 'viewer' } as const;
export type Role = keyof typeof Role;

/** One version of a mapping is published at most; those that were are retired and can be published again. */
export const MappingStatus = { DRAFT: 'DRAFT', PUBLISHED: 'PUBLISHED', RETIRED: 'RETIRED' } as const;
export type MappingStatus = keyof typeof MappingStatus;
