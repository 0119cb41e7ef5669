import { Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { ChangeEntry, ChangeKind } from '../../src/feed/feed.js';
import {
  CircuitState,
  EntityType,
  InvoiceStatus,
  OrderStatus,
  SyncEventStatus,
  WebhookStatus,
} from '../../src/model/statuses.js';
import { Alert } from '../alerts/alert.js';
import { Allow } from '../allow.js';
import { ConnectorHealth } from '../integrations/connector-health.js';
import { Invoice } from '../invoices/invoice.js';
import { Order } from '../orders/order.js';
import { Read } from '../planned.js';
import { InventoryLevel } from '../products/inventory.js';
import { Product } from '../products/product.js';
import { Cursor, DateTime, Json } from '../scalars.js';
import { SyncEvent } from '../sync/sync-event.js';
import { WebhookEvent } from '../webhooks/webhook-event.js';

@InterfaceType({
  description: 'One entry of the durable feed. `kind` names the domain event.',
  resolveType: (change: ChangeEvent) => change.__typename,
})
export abstract class Change {
  @Field(() => Cursor, { description: 'Pass it as `after` to go on behind this change.' })
  cursor!: string;

  @Field(() => DateTime)
  at!: string;

  @Field(() => String)
  kind!: ChangeKind;

  @Field(() => EntityType)
  entityType!: EntityType;

  @Field(() => ID)
  entityId!: string;

  @Field(() => ID, { nullable: true })
  integrationId!: string | null;

  @Field(() => Json, { description: 'What the domain event says, as it was then.' })
  data!: unknown;
}

@ObjectType({ implements: Change, simpleResolvers: true, description: 'An order was created, changed or synced.' })
export class OrderChange extends Change {
  @Field(() => Order, { nullable: true })
  order!: string | null;
}

@ObjectType({ implements: Change, simpleResolvers: true })
export class OrderStatusChange extends Change {
  @Field(() => Order)
  order!: string;

  @Field(() => OrderStatus, { nullable: true })
  previousStatus!: OrderStatus | null;

  @Field(() => OrderStatus)
  newStatus!: OrderStatus;

  @Field(() => String, { nullable: true, description: 'The word of the system that reported it.' })
  sourceStatus!: string | null;
}

@ObjectType({ implements: Change, simpleResolvers: true, description: 'An invoice was created, changed or synced.' })
export class InvoiceChange extends Change {
  @Field(() => Invoice, { nullable: true })
  invoice!: string | null;
}

@ObjectType({ implements: Change, simpleResolvers: true })
export class InvoiceStatusChange extends Change {
  @Field(() => Invoice)
  invoice!: string;

  @Field(() => InvoiceStatus, { nullable: true })
  previousStatus!: InvoiceStatus | null;

  @Field(() => InvoiceStatus)
  newStatus!: InvoiceStatus;

  @Field(() => String, { nullable: true, description: 'The word of the system that reported it.' })
  sourceStatus!: string | null;
}

@ObjectType({
  implements: Change,
  simpleResolvers: true,
  description: 'A product was created, changed or removed: `data.action`.',
})
export class ProductChange extends Change {
  @Field(() => Product, { nullable: true })
  product!: string | null;

  @Field(() => String)
  sku!: string;
}

@ObjectType({ implements: Change, simpleResolvers: true })
export class InventoryChange extends Change {
  @Field(() => InventoryLevel, { nullable: true })
  inventoryLevel!: string | null;

  @Field(() => String)
  sku!: string;

  @Field(() => Int, { nullable: true })
  previousAvailable!: number | null;

  @Field(() => Int, { nullable: true })
  available!: number | null;
}

@ObjectType({ implements: Change, simpleResolvers: true })
@Allow('viewer', 'viewStatus')
export class SyncEventChange extends Change {
  @Read({ asOfChange: { status: 'newStatus' } })
  @Field(() => SyncEvent, { description: 'Its `status` is that of this change; everything else is as it is now.' })
  syncEvent!: string;

  @Field(() => SyncEventStatus, { nullable: true, description: 'Null when it is new.' })
  previousStatus!: SyncEventStatus | null;

  @Field(() => SyncEventStatus, { description: 'The status that this change led to.' })
  newStatus!: SyncEventStatus;
}

@ObjectType({ implements: Change, simpleResolvers: true })
@Allow('viewer', 'viewStatus')
export class WebhookEventChange extends Change {
  @Field(() => WebhookEvent, { nullable: true })
  webhookEvent!: string | null;

  @Field(() => WebhookStatus, { nullable: true })
  previousStatus!: WebhookStatus | null;

  @Field(() => WebhookStatus, { nullable: true })
  newStatus!: WebhookStatus | null;
}

@ObjectType({ implements: Change, simpleResolvers: true })
@Allow('viewer', 'viewStatus')
export class ConnectorHealthChange extends Change {
  @Field(() => ConnectorHealth, { nullable: true })
  connectorHealth!: string | null;

  @Field(() => CircuitState, { nullable: true })
  previousCircuit!: CircuitState | null;

  @Field(() => CircuitState, { nullable: true })
  circuit!: CircuitState | null;
}

@ObjectType({ implements: Change, simpleResolvers: true, description: 'An alert was opened, closed or acknowledged.' })
@Allow('viewer', 'viewStatus')
export class AlertChange extends Change {
  @Field(() => Alert, { nullable: true })
  alert!: string | null;
}

/** A change as its GraphQL type; nouns stand as their ids, which the reader resolves. */
export type ChangeEvent = Omit<Change, 'data'> & Record<string, unknown> & { __typename: string };

/** The type of each kind, and what it has beyond the interface. `data` adds the fields that are named as in the event. */
const TYPES: Record<ChangeKind, (change: ChangeEntry) => Record<string, unknown> & { __typename: string }> = {
  'order.created': orderChange,
  'order.updated': orderChange,
  'order.synced': orderChange,
  'order.status_changed': (change) => ({ __typename: 'OrderStatusChange', order: change.entityId }),
  'invoice.created': invoiceChange,
  'invoice.updated': invoiceChange,
  'invoice.synced': invoiceChange,
  'invoice.status_changed': (change) => ({ __typename: 'InvoiceStatusChange', invoice: change.entityId }),
  'product.changed': (change) => ({ __typename: 'ProductChange', product: change.entityId }),
  'customer.created': customerChange,
  'customer.updated': customerChange,
  'customer.synced': customerChange,
  'transaction.created': transactionChange,
  'transaction.updated': transactionChange,
  'transaction.status_changed': transactionChange,
  'transaction.synced': transactionChange,
  'billing_subscription.created': subscriptionChange,
  'billing_subscription.updated': subscriptionChange,
  'billing_subscription.status_changed': subscriptionChange,
  'billing_subscription.synced': subscriptionChange,
  'reconciliation.changed': ({ data }) => ({
    __typename: 'ReconciliationChange',
    reconciliation: data['reconciliationId'] ?? null,
  }),
  'inventory.changed': (change) => ({ __typename: 'InventoryChange', inventoryLevel: change.entityId }),
  'sync_event.status_changed': (change) => ({ __typename: 'SyncEventChange', syncEvent: change.syncEventId }),
  'webhook_event.status_changed': ({ data }) => ({
    __typename: 'WebhookEventChange',
    webhookEvent: data['webhookEventId'] ?? null,
  }),
  'connector_health.changed': (change) => ({
    __typename: 'ConnectorHealthChange',
    connectorHealth: change.integrationId,
  }),
  'alert.opened': alertChange,
  'alert.closed': alertChange,
  'alert.acknowledged': alertChange,
};

export const CHANGE_KINDS = Object.keys(TYPES) as ChangeKind[];

/** Name of the type of a change. */
export const typeOfKind = (change: ChangeEntry): string => TYPES[change.kind](change).__typename;

/** What a subscription answers for a change. */
export function toChangeEvent(change: ChangeEntry): ChangeEvent {
  return { ...change.data, ...change, ...TYPES[change.kind](change) };
}

function orderChange(change: ChangeEntry) {
  return { __typename: 'OrderChange', order: change.entityId };
}

function invoiceChange(change: ChangeEntry) {
  return { __typename: 'InvoiceChange', invoice: change.entityId };
}

function customerChange(change: ChangeEntry) {
  return { __typename: 'CustomerChange', customer: change.entityId };
}

function transactionChange(change: ChangeEntry) {
  return { __typename: 'TransactionChange', transaction: change.entityId };
}

function subscriptionChange(change: ChangeEntry) {
  return { __typename: 'BillingSubscriptionChange', billingSubscription: change.entityId };
}

function alertChange({ data }: ChangeEntry) {
  return { __typename: 'AlertChange', alert: data['alertId'] ?? null };
}
