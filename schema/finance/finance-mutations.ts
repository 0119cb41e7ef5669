import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { updateCustomer } from '../../src/flow/customers/update-customer.js';
import { recordBillingSubscription } from '../../src/flow/finance/record-billing-subscription.js';
import { recordTransaction } from '../../src/flow/finance/record-transaction.js';
import {
  cancelBillingSubscription,
  updateBillingSubscription,
} from '../../src/flow/finance/update-billing-subscription.js';
import { syncEntity } from '../../src/flow/sync/sync-entity.js';
import { Allow, sentFrom } from '../allow.js';
import type { HubContext } from '../context.js';
import { Customer } from '../customers/customer.js';
import { mutate } from '../mutate.js';
import { MutationPayload } from '../mutation-payload.js';
import { SyncPayload } from '../payloads.js';
import { SyncEntityInput } from '../sync/sync-mutations.js';
import { BillingSubscription } from './billing-subscription.js';
import {
  CancelBillingSubscriptionInput,
  CreateBillingSubscriptionInput,
  CreateTransactionInput,
  UpdateBillingSubscriptionInput,
  UpdateCustomerInput,
} from './finance-inputs.js';
import { Transaction } from './transaction.js';

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class CustomerPayload extends MutationPayload {
  @Field(() => Customer, { nullable: true })
  customer!: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class TransactionPayload extends MutationPayload {
  @Field(() => Transaction, { nullable: true })
  transaction!: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class BillingSubscriptionPayload extends MutationPayload {
  @Field(() => BillingSubscription, { nullable: true })
  billingSubscription!: string | null;
}

const SENT = 'One sync event for each integration that takes it.';
const NO_SUBSCRIPTION = { billingSubscription: null };
const NO_EVENT = { syncEvent: null };

@Resolver()
export class FinanceMutations {
  @Allow('operator')
  @Mutation(() => CustomerPayload, { description: `Operators. ${SENT}` })
  updateCustomer(
    @Arg('input', () => UpdateCustomerInput) input: UpdateCustomerInput,
    @Ctx() context: HubContext,
  ): Promise<CustomerPayload> {
    const info = { action: 'customer.update', argument: 'input', failed: { customer: null } };
    return mutate(context, info, async (...hub) => ({ customer: await updateCustomer(...hub, input) }));
  }

  @Allow('operator')
  @Mutation(() => TransactionPayload, { description: `Operators. ${SENT}` })
  createTransaction(
    @Arg('input', () => CreateTransactionInput) input: CreateTransactionInput,
    @Ctx() context: HubContext,
  ): Promise<TransactionPayload> {
    const info = { action: 'transaction.create', argument: 'input', failed: { transaction: null } };
    return mutate(context, info, async (...hub) => ({ transaction: await recordTransaction(...hub, input) }));
  }

  @Allow('operator')
  @Mutation(() => BillingSubscriptionPayload, { description: `Operators. ${SENT}` })
  createBillingSubscription(
    @Arg('input', () => CreateBillingSubscriptionInput) input: CreateBillingSubscriptionInput,
    @Ctx() context: HubContext,
  ): Promise<BillingSubscriptionPayload> {
    const info = { action: 'billing_subscription.create', argument: 'input', failed: NO_SUBSCRIPTION };
    return mutate(context, info, async (...hub) => ({
      billingSubscription: await recordBillingSubscription(...hub, input),
    }));
  }

  @Allow('operator')
  @Mutation(() => BillingSubscriptionPayload, { description: `Operators. ${SENT}` })
  updateBillingSubscription(
    @Arg('input', () => UpdateBillingSubscriptionInput) input: UpdateBillingSubscriptionInput,
    @Ctx() context: HubContext,
  ): Promise<BillingSubscriptionPayload> {
    const info = { action: 'billing_subscription.update', argument: 'input', failed: NO_SUBSCRIPTION };
    return mutate(context, info, async (...hub) => ({
      billingSubscription: await updateBillingSubscription(...hub, input),
    }));
  }

  @Allow('operator')
  @Mutation(() => BillingSubscriptionPayload, {
    description: 'Operators. Ends it, now or with its period; what is over already has no effect.',
  })
  cancelBillingSubscription(
    @Arg('input', () => CancelBillingSubscriptionInput) input: CancelBillingSubscriptionInput,
    @Ctx() context: HubContext,
  ): Promise<BillingSubscriptionPayload> {
    const info = { action: 'billing_subscription.cancel', argument: 'input', failed: NO_SUBSCRIPTION };
    return mutate(context, info, async (...hub) => ({
      billingSubscription: await cancelBillingSubscription(...hub, input),
    }));
  }

  @Allow('operator', 'sync', sentFrom('CUSTOMER'))
  @Mutation(() => SyncPayload, { description: 'Operators. As syncOrder.' })
  syncCustomer(
    @Arg('input', () => SyncEntityInput) input: SyncEntityInput,
    @Ctx() context: HubContext,
  ): Promise<SyncPayload> {
    const info = { action: 'customer.sync', argument: 'input', failed: NO_EVENT };
    return mutate(context, info, async (services, caller) => ({
      syncEvent: await syncEntity(services, caller, 'CUSTOMER', input),
    }));
  }

  @Allow('operator', 'sync', sentFrom('TRANSACTION'))
  @Mutation(() => SyncPayload, { description: 'Operators. As syncOrder; its customer goes first.' })
  syncTransaction(
    @Arg('input', () => SyncEntityInput) input: SyncEntityInput,
    @Ctx() context: HubContext,
  ): Promise<SyncPayload> {
    const info = { action: 'transaction.sync', argument: 'input', failed: NO_EVENT };
    return mutate(context, info, async (services, caller) => ({
      syncEvent: await syncEntity(services, caller, 'TRANSACTION', input),
    }));
  }

  @Allow('operator', 'sync', sentFrom('BILLING_SUBSCRIPTION'))
  @Mutation(() => SyncPayload, { description: 'Operators. As syncOrder; its customer goes first.' })
  syncBillingSubscription(
    @Arg('input', () => SyncEntityInput) input: SyncEntityInput,
    @Ctx() context: HubContext,
  ): Promise<SyncPayload> {
    const info = { action: 'billing_subscription.sync', argument: 'input', failed: NO_EVENT };
    return mutate(context, info, async (services, caller) => ({
      syncEvent: await syncEntity(services, caller, 'BILLING_SUBSCRIPTION', input),
    }));
  }
}
