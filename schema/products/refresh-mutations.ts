import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { refreshProduct } from '../../src/flow/products/refresh-product.js';
import { refreshEntity } from '../../src/flow/sync/refresh-entity.js';
import { Allow, integrationAt } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { MutationPayload } from '../mutation-payload.js';
import { InvoicePayload, OrderPayload } from '../payloads.js';
import { Product } from './product.js';

@InputType()
class RefreshInput {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  integrationId!: string;
}

@InputType()
class RefreshProductInput {
  @Field(() => String)
  sku!: string;

  @Field(() => ID, { nullable: true, description: 'Default: the only integration that can be asked for products.' })
  integrationId?: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
class RefreshProductPayload extends MutationPayload {
  @Field(() => Product, { nullable: true })
  product!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why it is only what was last known; null: it was read just now.',
  })
  warning!: string | null;
}

@Resolver()
export class RefreshMutations {
  @Allow('operator', 'sync', integrationAt('input.integrationId'))
  @Mutation(() => OrderPayload, { description: 'Operators. Asks a system now how far one order is.' })
  refreshOrder(
    @Arg('input', () => RefreshInput) input: RefreshInput,
    @Ctx() context: HubContext,
  ): Promise<OrderPayload> {
    const info = { action: 'order.refresh', argument: 'input', failed: { order: null } };
    return mutate<OrderPayload>(context, info, async (...hub) => ({
      order: await refreshEntity(...hub, 'ORDER', input),
    }));
  }

  @Allow('operator', 'sync', integrationAt('input.integrationId'))
  @Mutation(() => InvoicePayload, { description: 'Operators. Asks a system now how far one invoice is.' })
  refreshInvoice(
    @Arg('input', () => RefreshInput) input: RefreshInput,
    @Ctx() context: HubContext,
  ): Promise<InvoicePayload> {
    const info = { action: 'invoice.refresh', argument: 'input', failed: { invoice: null } };
    return mutate<InvoicePayload>(context, info, async (...hub) => ({
      invoice: await refreshEntity(...hub, 'INVOICE', input),
    }));
  }

  @Allow('operator', 'sync', integrationAt('input.integrationId'))
  @Mutation(() => RefreshProductPayload, {
    description:
      'Operators. Asks a system now for one product and its stock; while it cannot be asked, what was last known.',
  })
  refreshProduct(
    @Arg('input', () => RefreshProductInput) input: RefreshProductInput,
    @Ctx() context: HubContext,
  ): Promise<RefreshProductPayload> {
    const info = { action: 'product.refresh', argument: 'input', failed: { product: null, warning: null } };
    return mutate<RefreshProductPayload>(context, info, (...hub) => refreshProduct(...hub, input));
  }
}
