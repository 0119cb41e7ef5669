import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { createMerchant } from '../../src/flow/merchants/create-merchant.js';
import { updateMerchant } from '../../src/flow/merchants/update-merchant.js';
import { Allow } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { MutationPayload } from '../mutation-payload.js';
import { Decimal } from '../scalars.js';

@ObjectType({ simpleResolvers: true, description: 'Whose orders, integrations and keys they are.' })
export class Merchant {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Decimal, {
    nullable: true,
    description: 'Its brands’ part of what their products earn, in percent; null: 70.',
  })
  payoutPercent!: string | null;
}

@InputType()
export class CreateMerchantInput {
  @Field(() => ID, { description: 'What every `merchantId` will say.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'For people; left out: the id.' })
  name?: string | null;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateMerchantInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => Decimal, { nullable: true, description: '0 to 100; null: 70. A brand’s own goes before it.' })
  payoutPercent?: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class MerchantPayload extends MutationPayload {
  @Field(() => Merchant, { nullable: true })
  merchant!: Merchant | null;
}

@Resolver()
export class MerchantMutations {
  @Allow('admin')
  @Mutation(() => MerchantPayload, {
    description:
      'Admins of the whole hub. An integration or API key makes its merchant as well; an order does not, unless it is the first.',
  })
  createMerchant(
    @Arg('input', () => CreateMerchantInput) input: CreateMerchantInput,
    @Ctx() context: HubContext,
  ): Promise<MerchantPayload> {
    const info = { action: 'merchant.create', argument: 'input', failed: { merchant: null } };
    return mutate<MerchantPayload>(context, info, async (...hub) => ({
      merchant: { ...(await createMerchant(...hub, input)), payoutPercent: null },
    }));
  }

  @Allow('admin')
  @Mutation(() => MerchantPayload, { description: 'Admins. The share counts from the next order that is paid.' })
  updateMerchant(
    @Arg('input', () => UpdateMerchantInput) input: UpdateMerchantInput,
    @Ctx() context: HubContext,
  ): Promise<MerchantPayload> {
    const info = { action: 'merchant.update', argument: 'input', failed: { merchant: null } };
    return mutate<MerchantPayload>(context, info, async (...hub) => ({
      merchant: await updateMerchant(...hub, input),
    }));
  }
}
