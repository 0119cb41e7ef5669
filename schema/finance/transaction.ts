import { Arg, Args, Field, FieldResolver, ID, InputType, ObjectType, Query, Resolver } from 'type-graphql';
import { TransactionStatus, TransactionType } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, filteredBy, PageArgs } from '../connection.js';
import { Customer } from '../customers/customer.js';
import { Node } from '../node.js';
import { Order } from '../orders/order.js';
import { FilterBy, planned, Read } from '../planned.js';
import { DateTime, Decimal } from '../scalars.js';
import { SyncLink } from '../sync/sync-link.js';
import { ofEntity, syncEventsOf } from '../sync/synced.js';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'A movement of money.' })
export class Transaction extends Node {
  @Field(() => String)
  merchantId!: string;

  @Field(() => String, { description: 'Its id where it happened, for example at the payment provider.' })
  reference!: string;

  @Field(() => TransactionType)
  type!: TransactionType;

  @Field(() => TransactionStatus)
  status!: TransactionStatus;

  @Field(() => Decimal, { description: 'Never below zero: a refund is told by its type.' })
  amount!: string;

  @Field(() => String)
  currency!: string;

  @Field(() => Decimal, {
    nullable: true,
    description: 'How much of a payment has been given back so far. Null: nothing is known of it but its status.',
  })
  refunded!: string | null;

  @Field(() => String, { nullable: true })
  description!: string | null;

  @Field(() => Customer, { nullable: true })
  customer!: Customer | null;

  @Field(() => Order, { nullable: true })
  order!: Order | null;

  @Field(() => [SyncLink])
  @Read(ofEntity('TRANSACTION'))
  links!: SyncLink[];

  @Field(() => DateTime)
  occurredAt!: string;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime)
  updatedAt!: string;
}

const TransactionConnection = connectionOf('Transaction', () => Transaction);

@InputType()
export class TransactionFilter {
  @Field(() => [TransactionStatus], { nullable: true })
  status?: TransactionStatus[] | null;

  @Field(() => TransactionType, { nullable: true })
  type?: TransactionType | null;

  @Field(() => String, { nullable: true })
  merchantId?: string | null;

  @Field(() => ID, { nullable: true })
  customerId?: string | null;

  @Field(() => ID, { nullable: true })
  orderId?: string | null;

  @Field(() => DateTime, { nullable: true })
  occurredFrom?: string | null;

  @Field(() => DateTime, { nullable: true })
  occurredTo?: string | null;

  @Field(() => String, { nullable: true, description: 'A part of the reference or description.' })
  @FilterBy({ own: ['reference', 'description'] })
  search?: string | null;
}

const TransactionsArgs = filteredBy(() => TransactionFilter);

@Resolver(() => Transaction)
export class TransactionQueries {
  @Allow('viewer')
  @Query(() => Transaction, {
    nullable: true,
    description: 'By id, or by reference: the newest where several merchants use it.',
  })
  transaction(
    @Arg('id', () => ID, { nullable: true }) _id?: string,
    @Arg('reference', () => String, { nullable: true }) _reference?: string,
  ): Transaction | null {
    return planned();
  }

  @Allow('viewer')
  @Query(() => TransactionConnection, { description: 'The latest first.' })
  @Read({ order: [['occurredAt', 'desc']] })
  transactions(@Args(() => TransactionsArgs) _args: PageArgs): Connection<Transaction> {
    return planned();
  }
}

export const TransactionSyncEvents = syncEventsOf(() => Transaction, 'TRANSACTION');

@Resolver(() => Customer)
export class CustomerTransactions {
  @FieldResolver(() => TransactionConnection, { description: 'The latest first.' })
  @Read({ relation: { on: (row, one) => `${one}.customer_id = ${row}.id` }, order: [['occurredAt', 'desc']] })
  transactions(@Args(() => PageArgs) _args: PageArgs): Connection<Transaction> {
    return planned();
  }
}
