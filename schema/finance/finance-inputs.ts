import { Field, ID, InputType } from 'type-graphql';
import {
  BillingInterval,
  BillingSubscriptionStatus,
  TransactionStatus,
  TransactionType,
} from '../../src/model/statuses.js';
import { CustomerInput } from '../orders/order-inputs.js';
import { DateTime, Decimal } from '../scalars.js';

@InputType()
export class CreateTransactionInput {
  @Field(() => String, {
    nullable: true,
    description: 'Default: the caller’s own, or the only merchant that has integrations.',
  })
  merchantId?: string | null;

  @Field(() => String, { description: 'Its id where it happened. One that the hub has is brought up to date.' })
  reference!: string;

  @Field(() => TransactionType, { nullable: true, description: 'Default: PAYMENT.' })
  type?: TransactionType | null;

  @Field(() => TransactionStatus, { nullable: true, description: 'Default: SUCCEEDED.' })
  status?: TransactionStatus | null;

  @Field(() => Decimal)
  amount!: string;

  @Field(() => String, { description: 'ISO 4217.' })
  currency!: string;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => ID, { nullable: true })
  customerId?: string | null;

  @Field(() => CustomerInput, { nullable: true, description: 'Where the customer’s id is not known.' })
  customer?: CustomerInput | null;

  @Field(() => ID, { nullable: true })
  orderId?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Default: now.' })
  occurredAt?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was so; what is older than what is known is ignored.',
  })
  asOf?: string | null;

  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null;
}

@InputType()
export class CreateBillingSubscriptionInput {
  @Field(() => String, {
    nullable: true,
    description: 'Default: the caller’s own, or the only merchant that has integrations.',
  })
  merchantId?: string | null;

  @Field(() => String, { description: 'Its id where it was made. One that the hub has is brought up to date.' })
  reference!: string;

  @Field(() => String)
  plan!: string;

  @Field(() => BillingSubscriptionStatus, { nullable: true, description: 'Default: ACTIVE.' })
  status?: BillingSubscriptionStatus | null;

  @Field(() => Decimal, { description: 'What one interval costs.' })
  amount!: string;

  @Field(() => String, { description: 'ISO 4217.' })
  currency!: string;

  @Field(() => BillingInterval, { nullable: true, description: 'Default: MONTH.' })
  interval?: BillingInterval | null;

  @Field(() => ID, { nullable: true })
  customerId?: string | null;

  @Field(() => CustomerInput, { nullable: true, description: 'Where the customer’s id is not known.' })
  customer?: CustomerInput | null;

  @Field(() => DateTime, { nullable: true, description: 'Default: now.' })
  startedAt?: string | null;

  @Field(() => DateTime, { nullable: true })
  currentPeriodStart?: string | null;

  @Field(() => DateTime, { nullable: true })
  currentPeriodEnd?: string | null;

  @Field(() => Boolean, { nullable: true })
  cancelAtPeriodEnd?: boolean | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was so; what is older than what is known is ignored.',
  })
  asOf?: string | null;

  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateBillingSubscriptionInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  plan?: string | null;

  @Field(() => BillingSubscriptionStatus, { nullable: true })
  status?: BillingSubscriptionStatus | null;

  @Field(() => Decimal, { nullable: true })
  amount?: string | null;

  @Field(() => BillingInterval, { nullable: true })
  interval?: BillingInterval | null;

  @Field(() => DateTime, { nullable: true })
  currentPeriodStart?: string | null;

  @Field(() => DateTime, { nullable: true })
  currentPeriodEnd?: string | null;

  @Field(() => Boolean, { nullable: true })
  cancelAtPeriodEnd?: boolean | null;

  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null;
}

@InputType()
export class CancelBillingSubscriptionInput {
  @Field(() => ID)
  id!: string;

  @Field(() => Boolean, { nullable: true, description: 'Let it end with its period instead of now.' })
  atPeriodEnd?: boolean | null;

  @Field(() => DateTime, { nullable: true, description: 'Default: now.' })
  cancelledAt?: string | null;

  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateCustomerInput extends CustomerInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null;
}
