import { Field, FieldResolver, ID, ObjectType, Resolver } from 'type-graphql';
import { EntityType } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { Customer } from '../customers/customer.js';
import { BillingSubscription } from '../finance/billing-subscription.js';
import { Transaction } from '../finance/transaction.js';
import { Integration } from '../integrations/integration.js';
import { Invoice } from '../invoices/invoice.js';
import { Order } from '../orders/order.js';
import { planned, Read } from '../planned.js';
import { DateTime, Json } from '../scalars.js';

@ObjectType({
  simpleResolvers: true,
  description:
    'A cause why something is stuck. Those of one entity and one integration are a chain: each one, by its place, is the reason of the one before.',
})
@Allow('viewer', 'viewStatus')
export class Blocker {
  @Field(() => ID)
  id!: string;

  @Field(() => EntityType, { description: 'What is stuck: of an order, the order itself or an invoice of it.' })
  entityType!: EntityType;

  @Field(() => ID)
  entityId!: string;

  @Field(() => Integration, { nullable: true, description: 'Null: it is stuck whatever the integration.' })
  integration!: Integration | null;

  @Field(() => String, {
    description:
      'DEAD_LETTER, WAITING_FOR_RETRY, WAITING, INTEGRATION_DISABLED, CIRCUIT_OPEN, CONNECTOR_DOWN, RATE_LIMITED, WAITING_FOR_SCHEDULE, WAITING_FOR_INVOICE, WAITING_FOR_ENTITY, CREATE_UNCONFIRMED, SKIPPED, NOT_SENT or WEBHOOK_FAILED; the last cause of a failure has the code of its error.',
  })
  code!: string;

  @Field(() => String)
  message!: string;

  @Field(() => DateTime)
  since!: string;

  @Field(() => String, { description: 'What happens next by itself.' })
  nextStep!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it does, where that is known; at the earliest.' })
  nextAt!: string | null;

  @Field(() => String, { nullable: true, description: 'The mutation that mends it, where one does.' })
  mutation!: string | null;

  @Field(() => Json, {
    nullable: true,
    description: 'The arguments of that mutation, ready to be sent; null where a person has to write them.',
  })
  variables!: unknown;
}

const ofEntity = (type: string) => ({
  relation: {
    on: (row: string, blocker: string) => `${blocker}.entity_id = ${row}.id and ${blocker}.entity_type = '${type}'`,
  },
});
/** An array, so that the ids are looked up once, before the view is read by them. */
const OF_ORDER_AND_INVOICES = {
  relation: {
    on: (row: string, blocker: string) =>
      `${blocker}.entity_type in ('ORDER', 'INVOICE') and ${blocker}.entity_id = any (array(` +
      `select ${row}.id union all select v.id from invoices v where v.order_id = ${row}.id))`,
  },
};
const WHY = 'Why it is stuck: empty where nothing is, and while a call is under way.';

@Resolver(() => Order)
export class OrderBlockers {
  @FieldResolver(() => [Blocker], { description: `${WHY} What holds up its invoices is among it.` })
  @Read(OF_ORDER_AND_INVOICES)
  blockers(): Blocker[] {
    return planned();
  }
}

@Resolver(() => Invoice)
export class InvoiceBlockers {
  @FieldResolver(() => [Blocker], { description: WHY })
  @Read(ofEntity('INVOICE'))
  blockers(): Blocker[] {
    return planned();
  }
}

@Resolver(() => Transaction)
export class TransactionBlockers {
  @FieldResolver(() => [Blocker], { description: WHY })
  @Read(ofEntity('TRANSACTION'))
  blockers(): Blocker[] {
    return planned();
  }
}

@Resolver(() => BillingSubscription)
export class BillingSubscriptionBlockers {
  @FieldResolver(() => [Blocker], { description: WHY })
  @Read(ofEntity('BILLING_SUBSCRIPTION'))
  blockers(): Blocker[] {
    return planned();
  }
}

@Resolver(() => Customer)
export class CustomerBlockers {
  @FieldResolver(() => [Blocker], { description: WHY })
  @Read(ofEntity('CUSTOMER'))
  blockers(): Blocker[] {
    return planned();
  }
}
