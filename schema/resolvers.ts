import './enums.js';
import './changes/finance-changes.js';
import type { NonEmptyArray } from 'type-graphql';
import { ApiKeyQueries } from './access/api-key.js';
import { ApiKeyMutations } from './access/api-key-mutations.js';
import { AuditQueries } from './access/audit-entry.js';
import { ComplianceQueries } from './access/compliance.js';
import { MeQueries } from './access/me.js';
import { AlertQueries } from './alerts/alert.js';
import { AlertRules } from './alerts/alert-rule.js';
import { Notifications } from './alerts/notification.js';
import { ChangesCursorQueries } from './changes/changes-cursor.js';
import { Subscriptions } from './changes/subscriptions.js';
import { CustomerQueries, CustomerSyncEvents } from './customers/customer.js';
import { ErrorCodeQueries } from './error-code.js';
import {
  BillingSubscriptionQueries,
  BillingSubscriptionSyncEvents,
  CustomerSubscriptions,
} from './finance/billing-subscription.js';
import { FinanceMutations } from './finance/finance-mutations.js';
import { CustomerTransactions, TransactionQueries, TransactionSyncEvents } from './finance/transaction.js';
import { ConnectorQueries } from './integrations/connector.js';
import { ConnectorHealthQueries } from './integrations/connector-health.js';
import { IntegrationQueries } from './integrations/integration.js';
import { IntegrationMutations } from './integrations/integration-mutations.js';
import { IntegrationParts } from './integrations/integration-parts.js';
import { InvoiceQueries, InvoiceSyncEvents, OrderInvoices } from './invoices/invoice.js';
import { InvoiceMutations } from './invoices/invoice-mutations.js';
import { JobQueries } from './jobs/job.js';
import { JobMutations } from './jobs/job-mutations.js';
import { IntegrationMappings, MappingQueries } from './mappings/mapping.js';
import { MappingMutations } from './mappings/mapping-mutations.js';
import { MerchantMutations } from './merchants/merchant-mutations.js';
import { NodeQueries } from './node.js';
import { ErpSynced } from './orders/erp-synced.js';
import { CustomerOrders, OrderQueries, OrderSyncEvents } from './orders/order.js';
import { OrderMutations } from './orders/order-mutations.js';
import { OrderTimeline } from './orders/order-timeline.js';
import { BrandQueries } from './products/brand.js';
import { BrandMutations } from './products/brand-mutations.js';
import { InventoryQueries, ProductInventory } from './products/inventory.js';
import { ProductQueries } from './products/product.js';
import { RefreshMutations } from './products/refresh-mutations.js';
import { FullSyncResolver } from './runs/full-sync.js';
import { ImportFileQueries } from './runs/import-file.js';
import { PullQueries, SyncEventPulls } from './runs/pull.js';
import { ReconciliationQueries } from './runs/reconciliation.js';
import { ReconciliationMutations } from './runs/reconciliation-mutations.js';
import { RunMutations } from './runs/run-mutations.js';
import {
  BillingSubscriptionBlockers,
  CustomerBlockers,
  InvoiceBlockers,
  OrderBlockers,
  TransactionBlockers,
} from './sync/blocker.js';
import { SyncEventQueries } from './sync/sync-event.js';
import { SyncMutations } from './sync/sync-mutations.js';
import { MetricsQueries } from './watching/metrics.js';
import { StatisticsQueries } from './watching/statistics.js';
import { SystemHealthQueries } from './watching/system-health.js';
import { WebhookEventQueries } from './webhooks/webhook-event.js';
import { WebhookMutations } from './webhooks/webhook-mutations.js';

/** Every resolver class of the schema, by its folders; a new one is added here or it does not exist. */
export const resolvers: NonEmptyArray<new () => object> = [
  ErrorCodeQueries,
  NodeQueries,
  ErpSynced,
  OrderQueries,
  OrderSyncEvents,
  CustomerOrders,
  OrderMutations,
  OrderTimeline,
  OrderInvoices,
  InvoiceQueries,
  InvoiceSyncEvents,
  InvoiceMutations,
  CustomerQueries,
  CustomerSyncEvents,
  BrandQueries,
  BrandMutations,
  RefreshMutations,
  InventoryQueries,
  ProductInventory,
  ProductQueries,
  BillingSubscriptionQueries,
  BillingSubscriptionSyncEvents,
  CustomerSubscriptions,
  FinanceMutations,
  TransactionQueries,
  TransactionSyncEvents,
  CustomerTransactions,
  MerchantMutations,
  ConnectorQueries,
  ConnectorHealthQueries,
  IntegrationQueries,
  IntegrationMutations,
  IntegrationParts,
  MappingQueries,
  IntegrationMappings,
  MappingMutations,
  OrderBlockers,
  InvoiceBlockers,
  TransactionBlockers,
  BillingSubscriptionBlockers,
  CustomerBlockers,
  SyncEventQueries,
  SyncMutations,
  WebhookEventQueries,
  WebhookMutations,
  ImportFileQueries,
  FullSyncResolver,
  PullQueries,
  SyncEventPulls,
  ReconciliationQueries,
  ReconciliationMutations,
  RunMutations,
  ChangesCursorQueries,
  Subscriptions,
  AlertQueries,
  AlertRules,
  Notifications,
  MetricsQueries,
  StatisticsQueries,
  SystemHealthQueries,
  JobQueries,
  JobMutations,
  ApiKeyQueries,
  ApiKeyMutations,
  AuditQueries,
  ComplianceQueries,
  MeQueries,
];
