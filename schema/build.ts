import 'reflect-metadata';
import './enums.js';
import { createPubSub } from '@graphql-yoga/subscription';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type NonEmptyArray } from 'type-graphql';
import { AlertQueries } from './alert.js';
import { AlertRules } from './alert-rule.js';
import { ApiKeyQueries } from './api-key.js';
import { ApiKeyMutations } from './api-key-mutations.js';
import { AuditQueries } from './audit-entry.js';
import {
  BillingSubscriptionBlockers,
  CustomerBlockers,
  InvoiceBlockers,
  OrderBlockers,
  TransactionBlockers,
} from './blocker.js';
import { BrandQueries } from './brand.js';
import { BrandMutations } from './brand-mutations.js';
import { ChangesCursorQueries } from './changes-cursor.js';
import { ComplianceQueries } from './compliance.js';
import { ConnectorQueries } from './connector.js';
import { ConnectorHealthQueries } from './connector-health.js';
import { ErpSynced } from './erp-synced.js';
import { ErrorCodeQueries } from './error-code.js';
import { asSubgraph } from './federation.js';
import { ImportFileQueries } from './import-file.js';
import { IntegrationQueries } from './integration.js';
import { IntegrationMutations } from './integration-mutations.js';
import { RefreshMutations } from './refresh-mutations.js';
import './finance-changes.js';
import {
  BillingSubscriptionQueries,
  BillingSubscriptionSyncEvents,
  CustomerSubscriptions,
} from './billing-subscription.js';
import { CustomerQueries, CustomerSyncEvents } from './customer.js';
import { FinanceMutations } from './finance-mutations.js';
import { FullSyncResolver } from './full-sync.js';
import { guardRoots } from './guard.js';
import { IntegrationParts } from './integration-parts.js';
import { InventoryQueries, ProductInventory } from './inventory.js';
import { InvoiceQueries, InvoiceSyncEvents, OrderInvoices } from './invoice.js';
import { InvoiceMutations } from './invoice-mutations.js';
import { JobQueries } from './job.js';
import { JobMutations } from './job-mutations.js';
import { IntegrationMappings, MappingQueries } from './mapping.js';
import { MappingMutations } from './mapping-mutations.js';
import { MeQueries } from './me.js';
import { MerchantMutations } from './merchant-mutations.js';
import { MetricsQueries } from './metrics.js';
import { NodeQueries } from './node.js';
import { Notifications } from './notification.js';
import { CustomerOrders, OrderQueries, OrderSyncEvents } from './order.js';
import { OrderMutations } from './order-mutations.js';
import { OrderTimeline } from './order-timeline.js';
import { ProductQueries } from './product.js';
import { PullQueries, SyncEventPulls } from './pull.js';
import { ReconciliationQueries } from './reconciliation.js';
import { ReconciliationMutations } from './reconciliation-mutations.js';
import { RunMutations } from './run-mutations.js';
import { StatisticsQueries } from './statistics.js';
import { Subscriptions } from './subscriptions.js';
import { SyncEventQueries } from './sync-event.js';
import { SyncMutations } from './sync-mutations.js';
import { SystemHealthQueries } from './system-health.js';
import { CustomerTransactions, TransactionQueries, TransactionSyncEvents } from './transaction.js';
import { WebhookEventQueries } from './webhook-event.js';
import { WebhookMutations } from './webhook-mutations.js';

/** Every resolver class of the schema; a new one is added here or it does not exist. */
const resolvers: NonEmptyArray<new () => object> = [
  NodeQueries,
  OrderQueries,
  OrderSyncEvents,
  OrderInvoices,
  CustomerOrders,
  ErpSynced,
  CustomerQueries,
  CustomerSyncEvents,
  TransactionQueries,
  TransactionSyncEvents,
  CustomerTransactions,
  BillingSubscriptionQueries,
  BillingSubscriptionSyncEvents,
  CustomerSubscriptions,
  FinanceMutations,
  FullSyncResolver,
  ReconciliationQueries,
  ReconciliationMutations,
  RunMutations,
  InvoiceQueries,
  InvoiceSyncEvents,
  ProductQueries,
  BrandQueries,
  BrandMutations,
  RefreshMutations,
  PullQueries,
  ImportFileQueries,
  SyncEventPulls,
  InventoryQueries,
  ProductInventory,
  SyncEventQueries,
  StatisticsQueries,
  WebhookEventQueries,
  WebhookMutations,
  OrderMutations,
  InvoiceMutations,
  SyncMutations,
  IntegrationMutations,
  IntegrationParts,
  MappingQueries,
  IntegrationMappings,
  MappingMutations,
  JobMutations,
  MerchantMutations,
  ConnectorQueries,
  IntegrationQueries,
  ConnectorHealthQueries,
  JobQueries,
  ApiKeyQueries,
  ApiKeyMutations,
  AuditQueries,
  ComplianceQueries,
  AlertQueries,
  AlertRules,
  ErrorCodeQueries,
  MeQueries,
  Notifications,
  OrderTimeline,
  OrderBlockers,
  InvoiceBlockers,
  TransactionBlockers,
  BillingSubscriptionBlockers,
  CustomerBlockers,
  ChangesCursorQueries,
  MetricsQueries,
  SystemHealthQueries,
  Subscriptions,
];

/** The public schema. Inputs are checked by their scalars and by the use cases; itself it is checked where it is printed. */
export function buildHubSchema(): GraphQLSchema {
  // type-graphql wants one; all subscriptions read the feed instead.
  const built = buildSchemaSync({ resolvers, validate: false, pubSub: createPubSub(), skipCheck: true });
  return guardRoots(asSubgraph(built));
}
