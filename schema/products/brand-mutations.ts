import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { updateBrand } from '../../src/flow/products/update-brand.js';
import { Allow } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { MutationPayload } from '../mutation-payload.js';
import { Decimal } from '../scalars.js';
import { Brand } from './brand.js';

@InputType()
class UpdateBrandInput {
  @Field(() => ID)
  id!: string;

  @Field(() => Decimal, {
    nullable: true,
    description: 'Its part of what its products earn, 0 to 100; null or left out: the merchant’s usual part.',
  })
  payoutPercent?: string | null;
}

/** The brand is given by its id and read by the planner. */
@ObjectType({ implements: MutationPayload, simpleResolvers: true })
class BrandPayload extends MutationPayload {
  @Field(() => Brand, { nullable: true })
  brand!: string | null;
}

@Resolver()
export class BrandMutations {
  @Allow('admin')
  @Mutation(() => BrandPayload, { description: 'Counts from the next order that is paid. Admins.' })
  updateBrand(
    @Arg('input', () => UpdateBrandInput) input: UpdateBrandInput,
    @Ctx() context: HubContext,
  ): Promise<BrandPayload> {
    const info = { action: 'brand.update', argument: 'input', failed: { brand: null } };
    return mutate<BrandPayload>(context, info, async (...hub) => ({ brand: await updateBrand(...hub, input) }));
  }
}
