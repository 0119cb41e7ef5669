import { registerEnumType } from 'type-graphql';
import { AlertComparison, AlertKind, AlertSeverity } from '../src/flow/alerts/rule.js';
import { SecurityEvent } from '../src/model/security-events.js';
import {
  BillingInterval,
  BillingSubscriptionStatus,
  CircuitState,
  Direction,
  EntityType,
  FileSource,
  FileStatus,
  Health,
  IntegrationMode,
  InvoiceStatus,
  MappingStatus,
  NotificationStatus,
  Operation,
  OrderStatus,
  SyncEventStatus,
  SyncState,
  TransactionStatus,
  TransactionType,
  WebhookNews,
  WebhookStatus,
} from '../src/model/statuses.js';

registerEnumType(SecurityEvent, { name: 'SecurityEvent' });
registerEnumType(EntityType, { name: 'EntityType' });
registerEnumType(Operation, { name: 'Operation' });
registerEnumType(Direction, { name: 'Direction' });
registerEnumType(SyncEventStatus, {
  name: 'SyncEventStatus',
  description:
    'FAILED is final (permanent error, or attempts used up): the event is a dead letter until it is redriven.',
});
registerEnumType(SyncState, { name: 'SyncState' });
registerEnumType(OrderStatus, { name: 'OrderStatus' });
registerEnumType(InvoiceStatus, { name: 'InvoiceStatus' });
registerEnumType(Health, { name: 'Health' });
registerEnumType(FileSource, { name: 'FileSource' });
registerEnumType(FileStatus, {
  name: 'FileStatus',
  description: 'FAILED: not a row of it was taken, as `errorMessage` says.',
});
registerEnumType(CircuitState, { name: 'CircuitState' });
registerEnumType(IntegrationMode, { name: 'IntegrationMode' });
registerEnumType(WebhookStatus, { name: 'WebhookStatus' });
registerEnumType(WebhookNews, { name: 'WebhookNews' });
registerEnumType(AlertKind, { name: 'AlertKind', description: 'What an alert rule may watch.' });
registerEnumType(AlertComparison, { name: 'AlertComparison' });
registerEnumType(AlertSeverity, { name: 'AlertSeverity' });
registerEnumType(NotificationStatus, {
  name: 'NotificationStatus',
  description: 'KEPT: no channel takes it, so it is shown here and not sent. FAILED: all attempts are used up.',
});
registerEnumType(TransactionStatus, { name: 'TransactionStatus' });
registerEnumType(TransactionType, { name: 'TransactionType' });
registerEnumType(BillingSubscriptionStatus, { name: 'BillingSubscriptionStatus' });
registerEnumType(BillingInterval, { name: 'BillingInterval' });
registerEnumType(MappingStatus, {
  name: 'MappingStatus',
  description: 'One version is PUBLISHED at most; one that was is RETIRED and can be published again.',
});
