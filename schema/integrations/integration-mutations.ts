import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { ERROR_TEXTS } from '../../src/error-texts.js';
import { type CreateIntegration, createIntegration } from '../../src/flow/integrations/create-integration.js';
import { deleteIntegration } from '../../src/flow/integrations/delete-integration.js';
import { testConnection } from '../../src/flow/integrations/test-connection.js';
import { updateIntegration } from '../../src/flow/integrations/update-integration.js';
import { IntegrationMode } from '../../src/model/statuses.js';
import { Allow, integrationAt, scopeAt } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { ConnectionTestPayload, IntegrationPayload } from '../payloads.js';
import { Json } from '../scalars.js';

type Fields = Record<string, unknown>;
type Mappings = CreateIntegration['mappings'];

@InputType()
export class CreateIntegrationInput {
  @Field(() => String)
  merchantId!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { description: 'A name from `connectors`.' })
  connector!: string;

  @Field(() => IntegrationMode)
  mode!: IntegrationMode;

  @Field(() => Json, { nullable: true, description: 'By the connector’s `credentialsSchema`; never read back.' })
  credentials?: Fields | null;

  @Field(() => Json, { nullable: true, description: 'By the connector’s `settingsSchema`.' })
  settings?: Fields | null;

  @Field(() => Json, {
    nullable: true,
    description:
      'Of statuses: takes the place of `statusMappings` in the settings. A list of `{ sourceField, targetField, required, transformation, defaultValue }` is published as inbound field mappings instead.',
  })
  mappings?: Mappings | null;

  @Field(() => Boolean, { nullable: true, defaultValue: true })
  enabled?: boolean | null;
}

@InputType({
  description:
    'What is left out stays. In credentials and settings a field given as null has no value where its schema takes null, and is taken out where it does not; a mapping given as null is taken out.',
})
export class UpdateIntegrationInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => IntegrationMode, { nullable: true })
  mode?: IntegrationMode | null;

  @Field(() => Json, { nullable: true })
  credentials?: Fields | null;

  @Field(() => Json, { nullable: true })
  settings?: Fields | null;

  @Field(() => Json, { nullable: true, description: 'As when it is created.' })
  mappings?: Mappings | null;

  @Field(() => Boolean, { nullable: true })
  enabled?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Where this enables it: whether it is sent what came or changed since it was disabled, as a full sync (`fullSyncs`); default true.',
  })
  sendMissed?: boolean | null;
}

const NONE = { integration: null };
const UNTESTED = { integration: null, ok: false, latencyMs: null, errorCode: null, errorMessage: null, remedy: null };

@Resolver()
export class IntegrationMutations {
  @Allow('admin', 'config', scopeAt('input.', 'everything'))
  @Mutation(() => IntegrationPayload, { description: 'Admins.' })
  createIntegration(
    @Arg('input', () => CreateIntegrationInput) input: CreateIntegrationInput,
    @Ctx() context: HubContext,
  ): Promise<IntegrationPayload> {
    const info = { action: 'integration.create', argument: 'input', failed: NONE };
    return mutate(context, info, async (...hub) => ({ integration: await createIntegration(...hub, input) }));
  }

  @Allow('admin', 'config', integrationAt('input.id'))
  @Mutation(() => IntegrationPayload, { description: 'Admins. Every instance works by it at once.' })
  updateIntegration(
    @Arg('input', () => UpdateIntegrationInput) input: UpdateIntegrationInput,
    @Ctx() context: HubContext,
  ): Promise<IntegrationPayload> {
    const info = { action: 'integration.update', argument: 'input', failed: NONE };
    return mutate(context, info, async (...hub) => ({ integration: await updateIntegration(...hub, input) }));
  }

  @Allow('admin', 'config', integrationAt('id'))
  @Mutation(() => IntegrationPayload, {
    description: 'Admins. Its history stays, its credentials do not, and what waits to be sent is skipped.',
  })
  deleteIntegration(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Promise<IntegrationPayload> {
    const info = { action: 'integration.delete', failed: NONE };
    return mutate(context, info, async (...hub) => ({ integration: await deleteIntegration(...hub, id) }));
  }

  @Allow('operator', 'manage', integrationAt('integrationId'))
  @Mutation(() => ConnectionTestPayload, {
    description: 'Operators. Asks the integration’s system whether it is well.',
  })
  testConnection(
    @Arg('integrationId', () => ID) integrationId: string,
    @Ctx() context: HubContext,
  ): Promise<ConnectionTestPayload> {
    const info = { action: 'integration.test', failed: UNTESTED };
    return mutate(context, info, async (...hub) => {
      const { healthy, latencyMs, error } = await testConnection(...hub, integrationId);
      const remedy = error && ERROR_TEXTS[error.code].remedy;
      const why = { errorCode: error?.code ?? null, errorMessage: error?.message ?? null, remedy };
      return { integration: integrationId, ok: healthy, latencyMs, ...why };
    });
  }
}
