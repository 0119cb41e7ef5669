import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { createApiKey } from '../../src/flow/access/create-api-key.js';
import { revokeApiKey } from '../../src/flow/access/revoke-api-key.js';
import { Role } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { MutationPayload } from '../mutation-payload.js';
import { ApiKey } from './api-key.js';

@InputType()
export class CreateApiKeyInput {
  @Field(() => String, { description: 'For people: whose key it is.' })
  name!: string;

  @Field(() => Role)
  role!: Role;

  @Field(() => String, {
    nullable: true,
    description: 'Limits the key to this merchant. Left out: as you are limited.',
  })
  merchantId?: string | null;

  @Field(() => [String], { nullable: true })
  permissions?: string[] | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class ApiKeyPayload extends MutationPayload {
  @Field(() => ApiKey, { nullable: true })
  apiKey!: string | null;

  @Field(() => String, { nullable: true, description: 'The key’s text, of a new key only and this once.' })
  text!: string | null;
}

const failed = { apiKey: null, text: null };

@Resolver()
export class ApiKeyMutations {
  @Allow('admin')
  @Mutation(() => ApiKeyPayload, { description: 'Admins.' })
  createApiKey(
    @Arg('input', () => CreateApiKeyInput) input: CreateApiKeyInput,
    @Ctx() context: HubContext,
  ): Promise<ApiKeyPayload> {
    return mutate<ApiKeyPayload>(context, { action: 'api_key.create', argument: 'input', failed }, async (...hub) => {
      const { id, text } = await createApiKey(...hub, input);
      return { apiKey: id, text };
    });
  }

  @Allow('admin')
  @Mutation(() => ApiKeyPayload, { description: 'Admins. Refused everywhere within a second.' })
  revokeApiKey(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Promise<ApiKeyPayload> {
    return mutate<ApiKeyPayload>(context, { action: 'api_key.revoke', failed }, async (...hub) => ({
      apiKey: await revokeApiKey(...hub, id),
      text: null,
    }));
  }
}
