import { Field, Int, ObjectType } from 'type-graphql';
import { BillingSubscriptionStatus, TransactionStatus } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { Customer } from '../customers/customer.js';
import { BillingSubscription } from '../finance/billing-subscription.js';
import { Transaction } from '../finance/transaction.js';
import { Reconciliation } from '../runs/reconciliation.js';
import { Change } from './change.js';

@ObjectType({ implements: Change, simpleResolvers: true, description: 'A customer was created, changed or synced.' })
export class CustomerChange extends Change {
  @Field(() => Customer, { nullable: true })
  customer!: string | null;
}

@ObjectType({ implements: Change, simpleResolvers: true, description: 'A transaction was created, changed or synced.' })
export class TransactionChange extends Change {
  @Field(() => Transaction, { nullable: true })
  transaction!: string | null;

  @Field(() => TransactionStatus, { nullable: true, description: 'Null where the status did not change.' })
  previousStatus!: TransactionStatus | null;

  @Field(() => TransactionStatus, { nullable: true, description: 'Null where the status did not change.' })
  newStatus!: TransactionStatus | null;
}

@ObjectType({
  implements: Change,
  simpleResolvers: true,
  description: 'A billing subscription was created, changed or synced.',
})
export class BillingSubscriptionChange extends Change {
  @Field(() => BillingSubscription, { nullable: true })
  billingSubscription!: string | null;

  @Field(() => BillingSubscriptionStatus, { nullable: true, description: 'Null where the status did not change.' })
  previousStatus!: BillingSubscriptionStatus | null;

  @Field(() => BillingSubscriptionStatus, { nullable: true, description: 'Null where the status did not change.' })
  newStatus!: BillingSubscriptionStatus | null;
}

@ObjectType({ implements: Change, simpleResolvers: true, description: 'A reconciliation began, went on or ended.' })
@Allow('viewer', 'viewStatus')
export class ReconciliationChange extends Change {
  @Field(() => Reconciliation, { nullable: true })
  reconciliation!: string | null;

  @Field(() => String)
  state!: string;

  @Field(() => Int)
  recordsRead!: number;

  @Field(() => Int)
  differenceCount!: number;
}
