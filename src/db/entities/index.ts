import { ApiKey, AuditEntry, IdempotencyKey } from './access.js';
import { Address } from './address.js';
import { Alert } from './alert.js';
import { BillingSubscription } from './billing-subscription.js';
import { Customer } from './customer.js';
import { FullSync } from './full-sync.js';
import { ImportFile } from './import-file.js';
import { Integration } from './integration.js';
import { IntegrationTask, PollingSchedule, WebhookRegistration } from './integration-parts.js';
import { Invoice } from './invoice.js';
import { Mapping, MappingVersion } from './mapping.js';
import { Merchant } from './merchant.js';
import { Notification } from './notification.js';
import { Order, OrderLine, OrderTotals } from './order.js';
import { Payout } from './payout.js';
import { Brand, InventoryLevel, Product } from './product.js';
import { Pull, PullSample, RowProblem } from './pull.js';
import { Blocker, ConnectorHealth, SyncStatistics, TimelineEntry } from './read-views.js';
import { Reconciliation, ReconciliationDifference } from './reconciliation.js';
import { SyncAttempt, SyncEvent, SyncLink } from './sync-event.js';
import { Transaction } from './transaction.js';
import { WebhookEvent } from './webhook-event.js';

/** Every mapped noun. The read planner takes its tables, columns and relations from their metadata. */
export const entities = [
  Merchant,
  Integration,
  WebhookRegistration,
  PollingSchedule,
  IntegrationTask,
  Mapping,
  MappingVersion,
  Customer,
  Address,
  OrderTotals,
  Order,
  OrderLine,
  Invoice,
  Transaction,
  BillingSubscription,
  Payout,
  Reconciliation,
  ReconciliationDifference,
  FullSync,
  Brand,
  Product,
  InventoryLevel,
  SyncLink,
  SyncEvent,
  SyncAttempt,
  Pull,
  PullSample,
  RowProblem,
  ImportFile,
  WebhookEvent,
  Alert,
  Notification,
  ApiKey,
  AuditEntry,
  IdempotencyKey,
  ConnectorHealth,
  TimelineEntry,
  Blocker,
  SyncStatistics,
];
