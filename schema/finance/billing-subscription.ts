import { Arg, Args, Field, FieldResolver, ID, InputType, ObjectType, Query, Resolver } from 'type-graphql';
import { BillingInterval, BillingSubscriptionStatus } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, filteredBy, PageArgs } from '../connection.js';
import { Customer } from '../customers/customer.js';
import { Node } from '../node.js';
import { FilterBy, planned, Read } from '../planned.js';
import { DateTime, Decimal } from '../scalars.js';
import { SyncLink } from '../sync/sync-link.js';
import { ofEntity, syncEventsOf } from '../sync/synced.js';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'A subscription that a customer pays for.' })
export class BillingSubscription extends Node {
  @Field(() => String)
  merchantId!: string;

  @Field(() => String, { description: 'Its id where it was made, for example at the payment provider.' })
  reference!: string;

  @Field(() => String)
  plan!: string;

  @Field(() => BillingSubscriptionStatus)
  status!: BillingSubscriptionStatus;

  @Field(() => Decimal, { description: 'What one interval costs.' })
  amount!: string;

  @Field(() => String)
  currency!: string;

  @Field(() => BillingInterval)
  interval!: BillingInterval;

  @Field(() => Customer, { nullable: true })
  customer!: Customer | null;

  @Field(() => DateTime)
  startedAt!: string;

  @Field(() => DateTime, { nullable: true })
  currentPeriodStart!: string | null;

  @Field(() => DateTime, { nullable: true })
  currentPeriodEnd!: string | null;

  @Field(() => Boolean)
  cancelAtPeriodEnd!: boolean;

  @Field(() => DateTime, { nullable: true })
  cancelledAt!: string | null;

  @Field(() => [SyncLink])
  @Read(ofEntity('BILLING_SUBSCRIPTION'))
  links!: SyncLink[];

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime)
  updatedAt!: string;
}

const BillingSubscriptionConnection = connectionOf('BillingSubscription', () => BillingSubscription);

@InputType()
export class BillingSubscriptionFilter {
  @Field(() => [BillingSubscriptionStatus], { nullable: true })
  status?: BillingSubscriptionStatus[] | null;

  @Field(() => String, { nullable: true })
  merchantId?: string | null;

  @Field(() => ID, { nullable: true })
  customerId?: string | null;

  @Field(() => String, { nullable: true })
  plan?: string | null;

  @Field(() => DateTime, { nullable: true })
  startedFrom?: string | null;

  @Field(() => DateTime, { nullable: true })
  startedTo?: string | null;

  @Field(() => String, { nullable: true, description: 'A part of the reference or plan.' })
  @FilterBy({ own: ['reference', 'plan'] })
  search?: string | null;
}

const BillingSubscriptionsArgs = filteredBy(() => BillingSubscriptionFilter);

@Resolver(() => BillingSubscription)
export class BillingSubscriptionQueries {
  @Allow('viewer')
  @Query(() => BillingSubscription, {
    nullable: true,
    description: 'By id, or by reference: the newest where several merchants use it.',
  })
  billingSubscription(
    @Arg('id', () => ID, { nullable: true }) _id?: string,
    @Arg('reference', () => String, { nullable: true }) _reference?: string,
  ): BillingSubscription | null {
    return planned();
  }

  @Allow('viewer')
  @Query(() => BillingSubscriptionConnection, { description: 'The latest first.' })
  @Read({ order: [['startedAt', 'desc']] })
  billingSubscriptions(@Args(() => BillingSubscriptionsArgs) _args: PageArgs): Connection<BillingSubscription> {
    return planned();
  }
}

export const BillingSubscriptionSyncEvents = syncEventsOf(() => BillingSubscription, 'BILLING_SUBSCRIPTION');

@Resolver(() => Customer)
export class CustomerSubscriptions {
  @FieldResolver(() => BillingSubscriptionConnection, { description: 'The latest first.' })
  @Read({ relation: { on: (row, one) => `${one}.customer_id = ${row}.id` }, order: [['startedAt', 'desc']] })
  billingSubscriptions(@Args(() => PageArgs) _args: PageArgs): Connection<BillingSubscription> {
    return planned();
  }
}
