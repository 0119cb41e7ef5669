import {
  Arg,
  Args,
  Field,
  FieldResolver,
  ID,
  InputType,
  ObjectType,
  Query,
  Resolver,
  registerEnumType,
} from 'type-graphql';
import { OrderStatus, SyncState } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, filteredAndSortedBy, PageArgs } from '../connection.js';
import { Address } from '../customers/address.js';
import { Customer } from '../customers/customer.js';
import { Node } from '../node.js';
import { FilterBy, Key, planned, Read } from '../planned.js';
import { DateTime, Json } from '../scalars.js';
import { hasFailed, SyncLink, stateIs } from '../sync/sync-link.js';
import { ofEntity, syncEventsOf } from '../sync/synced.js';
import { OrderLine, OrderTotals } from './order-parts.js';
import { Payout } from './payout.js';

@ObjectType({ implements: Node, simpleResolvers: true })
@Key('merchantId', 'number')
export class Order extends Node {
  @Field(() => String)
  number!: string;

  @Field(() => String)
  merchantId!: string;

  @Field(() => OrderStatus)
  status!: OrderStatus;

  @Field(() => String)
  currency!: string;

  @Field(() => Customer, { nullable: true })
  customer!: Customer | null;

  @Field(() => [OrderLine])
  lines!: OrderLine[];

  @Field(() => OrderTotals)
  totals!: OrderTotals;

  @Field(() => Address, { nullable: true })
  shippingAddress!: Address | null;

  @Field(() => Address, { nullable: true })
  billingAddress!: Address | null;

  @Field(() => String, { nullable: true })
  deliveryMethod!: string | null;

  @Field(() => String, { nullable: true, description: 'What people have added to it in words.' })
  notes!: string | null;

  @Field(() => Json, {
    nullable: true,
    description: 'What its systems keep with it and the hub has no field for, e.g. `{"delivery_zone":"NORTH"}`.',
  })
  metadata!: Record<string, unknown> | null;

  @Field(() => [String])
  trackingNumbers!: string[];

  @Field(() => [Payout])
  payouts!: Payout[];

  @Field(() => [SyncLink], {
    description: 'One per integration that knows this order: external id, state, when, last error.',
  })
  @Read(ofEntity('ORDER'))
  links!: SyncLink[];

  @Field(() => DateTime)
  placedAt!: string;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime)
  updatedAt!: string;
}

const OrderConnection = connectionOf('Order', () => Order);

/** Values name a property and a direction; the planner adds the id. */
const OrderOrderBy = {
  PLACED_AT_DESC: 'placedAt desc',
  PLACED_AT_ASC: 'placedAt asc',
  CREATED_AT_DESC: 'createdAt desc',
  CREATED_AT_ASC: 'createdAt asc',
  UPDATED_AT_DESC: 'updatedAt desc',
  UPDATED_AT_ASC: 'updatedAt asc',
  NUMBER_ASC: 'number asc',
  NUMBER_DESC: 'number desc',
  GRAND_TOTAL_DESC: 'totals.grandTotal desc',
  GRAND_TOTAL_ASC: 'totals.grandTotal asc',
} as const;
export type OrderOrderBy = (typeof OrderOrderBy)[keyof typeof OrderOrderBy];
registerEnumType(OrderOrderBy, { name: 'OrderOrderBy' });

@InputType()
export class OrderFilter {
  @Field(() => [OrderStatus], { nullable: true })
  status?: OrderStatus[] | null;

  @Field(() => String, { nullable: true })
  merchantId?: string | null;

  @Field(() => String, { nullable: true })
  numberStartsWith?: string | null;

  @Field(() => DateTime, { nullable: true })
  placedFrom?: string | null;

  @Field(() => DateTime, { nullable: true })
  placedTo?: string | null;

  @Field(() => SyncState, {
    nullable: true,
    description: 'In any integration, or in `integrationId` where it is given.',
  })
  @FilterBy((row, arg, isFailed) => {
    const state = isFailed('syncState') ? hasFailed('l') : stateIs('l', arg('syncState', 'text') ?? 'null');
    return (
      `exists (select from links l where l.entity_id = ${row}.id and l.entity_type = 'ORDER'` +
      ` and ${state}${linkedTo(arg('integrationId', 'text'))})`
    );
  })
  syncState?: SyncState | null;

  @Field(() => ID, { nullable: true, description: 'Orders that this integration knows.' })
  @FilterBy(
    (row, arg) =>
      `exists (select from links l where l.entity_id = ${row}.id and l.entity_type = 'ORDER'${linkedTo(arg('integrationId', 'text'))})`,
  )
  integrationId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A part of the number, or of the customer’s name, email or reference.',
  })
  @FilterBy({
    own: ['number'],
    related: { table: 'customers', key: 'customer_id', texts: ['name', 'email', 'reference'] },
  })
  search?: string | null;
}

function linkedTo(integrationId: string | null): string {
  return integrationId === null ? '' : ` and l.integration_id = ${integrationId}`;
}

const OrdersArgs = filteredAndSortedBy(
  () => OrderFilter,
  () => OrderOrderBy,
  'PLACED_AT_DESC',
);

@Resolver(() => Order)
export class OrderQueries {
  @Allow('viewer')
  @Query(() => Order, {
    nullable: true,
    description: 'By id, or by number: the newest where several merchants use it.',
  })
  order(
    @Arg('id', () => ID, { nullable: true }) _id?: string,
    @Arg('number', () => String, { nullable: true }) _number?: string,
  ): Order | null {
    return planned();
  }

  @Allow('viewer')
  @Query(() => OrderConnection)
  orders(@Args(() => OrdersArgs) _args: PageArgs): Connection<Order> {
    return planned();
  }
}

export const OrderSyncEvents = syncEventsOf(() => Order, 'ORDER');

@Resolver(() => Customer)
export class CustomerOrders {
  @FieldResolver(() => OrderConnection, { description: 'Newest first.' })
  @Read({ relation: { on: (row, order) => `${order}.customer_id = ${row}.id` }, order: [['placedAt', 'desc']] })
  orders(@Args(() => PageArgs) _args: PageArgs): Connection<Order> {
    return planned();
  }
}
