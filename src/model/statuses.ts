/** The closed lists of the public schema. Values are stored as they are named. */
const named = <const Name extends string>(...names: Name[]) =>
  Object.fromEntries(names.map((name) => [name, name])) as { readonly [One in Name]: One };

export const EntityType = named(
  'ORDER',
  'INVOICE',
  'CUSTOMER',
  'TRANSACTION',
  'BILLING_SUBSCRIPTION',
  'PRODUCT',
  'INVENTORY',
  'INTEGRATION',
);
export type EntityType = keyof typeof EntityType;

export const Operation = named('CREATE', 'UPDATE', 'DELETE', 'STATUS_CHANGE', 'QUERY');
export type Operation = keyof typeof Operation;

export const Direction = named('OUTBOUND', 'INBOUND');
export type Direction = keyof typeof Direction;

export const SyncEventStatus = named('PENDING', 'IN_PROGRESS', 'RETRYING', 'SUCCESS', 'FAILED', 'SKIPPED');
export type SyncEventStatus = keyof typeof SyncEventStatus;

export const SyncState = named('PENDING', 'SYNCING', 'SYNCED', 'FAILED', 'SKIPPED');
export type SyncState = keyof typeof SyncState;

export const OrderStatus = named(
  'PENDING',
  'CONFIRMED',
  'PAID',
  'EXPORTED',
  'PROCESSING',
  'PICKING',
  'PACKED',
  'SHIPPED',
  'DELIVERED',
  'CANCELLED',
  'RETURNED',
  'REFUNDED',
  'ON_HOLD',
  'FAILED',
);
export type OrderStatus = keyof typeof OrderStatus;

export const InvoiceStatus = named(
  'DRAFT',
  'ISSUED',
  'SENT',
  'PAID',
  'PARTIALLY_PAID',
  'OVERDUE',
  'CANCELLED',
  'REFUNDED',
  'VOID',
);
export type InvoiceStatus = keyof typeof InvoiceStatus;

export const TransactionStatus = named(
  'PENDING',
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'DISPUTED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
);
export type TransactionStatus = keyof typeof TransactionStatus;

export const TransactionType = named('PAYMENT', 'REFUND', 'ADJUSTMENT');
export type TransactionType = keyof typeof TransactionType;

export const BillingSubscriptionStatus = named('INCOMPLETE', 'TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELLED');
export type BillingSubscriptionStatus = keyof typeof BillingSubscriptionStatus;

export const BillingInterval = named('DAY', 'WEEK', 'MONTH', 'YEAR');
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

export const Health = named('HEALTHY', 'DEGRADED', 'DOWN', 'UNKNOWN');
export type Health = keyof typeof Health;

export const CircuitState = named('CLOSED', 'OPEN', 'HALF_OPEN');
export type CircuitState = keyof typeof CircuitState;

export const IntegrationMode = named('POLLING', 'WEBHOOK', 'HYBRID');
export type IntegrationMode = keyof typeof IntegrationMode;

export const WebhookStatus = named('RECEIVED', 'PROCESSED', 'FAILED', 'IGNORED');
export type WebhookStatus = keyof typeof WebhookStatus;

/**
 * What a webhook says of its entity: a status, other fields, or nothing that is kept there. `OVERTAKEN`: fields that a change
 * of the hub, on its way to the system, will soon replace.
 */
export const WebhookNews = named('STATUS', 'FIELDS', 'NOTHING', 'OVERTAKEN');
export type WebhookNews = keyof typeof WebhookNews;

/** Of a file that was handed over. */
export const FileStatus = named('WAITING', 'PROCESSING', 'DONE', 'FAILED');
export type FileStatus = keyof typeof FileStatus;

export const FileSource = named('FOLDER', 'UPLOAD');
export type FileSource = keyof typeof FileSource;

/** KEPT: no channel takes it; it is shown, not sent. */
export const NotificationStatus = named('PENDING', 'SENT', 'KEPT', 'FAILED');
export type NotificationStatus = keyof typeof NotificationStatus;

export const Role = named('admin', 'operator', 'viewer');
export type Role = keyof typeof Role;

/** One version of a mapping is published at most; those that were are retired and can be published again. */
export const MappingStatus = named('DRAFT', 'PUBLISHED', 'RETIRED');
export type MappingStatus = keyof typeof MappingStatus;
