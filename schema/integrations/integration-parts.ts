import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { registerWebhook } from '../../src/flow/integrations/register-webhook.js';
import { Allow, integrationAt } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { IntegrationPayload } from '../payloads.js';
import { planned, Read } from '../planned.js';
import { DateTime } from '../scalars.js';
import { Integration } from './integration.js';

@ObjectType({
  simpleResolvers: true,
  description: 'That a system sends webhooks by the gateway’s scheme. The secret never leaves the hub.',
})
@Allow('viewer', 'config')
export class WebhookRegistration {
  @Field(() => String, { description: 'The public address that the sender was given.' })
  url!: string;

  @Field(() => String, { description: 'Where the hub itself takes them, below its own address.' })
  @Read({ expression: { sql: (row) => `('/webhooks/' || ${row}.integration_id)`, type: 'text' } })
  path!: string;

  @Field(() => [String], { description: 'What is applied; empty: everything.' })
  events!: string[];

  @Field(() => Boolean, { description: 'Registered without a secret: who sends them must bring an API key.' })
  @Read({ expression: { sql: (row) => `(${row}.sealed_secret is null)`, type: 'boolean' } })
  keyRequired!: boolean;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime)
  updatedAt!: string;
}

@ObjectType({ simpleResolvers: true, description: 'When an integration is asked for news by itself.' })
@Allow('viewer', 'config')
export class PollingSchedule {
  @Field(() => String, { description: 'Cron, in UTC, or `every … ms`.' })
  schedule!: string;

  @Field(() => DateTime)
  nextRunAt!: string;

  @Field(() => DateTime, { nullable: true })
  lastRunAt!: string | null;

  @Field(() => String, { nullable: true, description: 'Of the last run: why something was not asked for.' })
  lastError!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'What the hub does for an integration by the clock.' })
@Allow('viewer', 'config')
export class IntegrationTask {
  @Field(() => String, { description: '`SYNC_TRANSACTIONS`, `SYNC_SUBSCRIPTIONS`, `RECONCILE` or `CHECK_HEALTH`.' })
  task!: string;

  @Field(() => String, { description: 'Cron, in UTC, or `every … ms`.' })
  schedule!: string;

  @Field(() => DateTime)
  nextRunAt!: string;

  @Field(() => DateTime, { nullable: true })
  lastRunAt!: string | null;

  @Field(() => String, { nullable: true })
  lastError!: string | null;
}

@InputType()
export class RegisterWebhookInput {
  @Field(() => ID)
  integrationId!: string;

  @Field(() => String, { description: 'The public address that the sender is given.' })
  url!: string;

  @Field(() => [String], { nullable: true, description: 'What is applied, `order.updated`; default: everything.' })
  events?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Signs them; never read back. Left out: who sends them must bring `X-API-Key`, a key of an operator or the integration’s own.',
  })
  secret?: string | null;
}

@Resolver(() => Integration)
export class IntegrationParts {
  @FieldResolver(() => WebhookRegistration, { nullable: true })
  webhook(): WebhookRegistration | null {
    return planned();
  }

  @FieldResolver(() => PollingSchedule, { nullable: true, description: 'Null: it is not asked by itself.' })
  polling(): PollingSchedule | null {
    return planned();
  }

  @FieldResolver(() => [IntegrationTask], {
    description: 'What its settings have done by the clock, beside the jobs for all; empty: its kind has no timetable.',
  })
  timetable(): IntegrationTask[] {
    return planned();
  }

  @Allow('admin', 'config', integrationAt('input.integrationId'))
  @Mutation(() => IntegrationPayload, {
    description:
      'Admins. Takes webhooks at `/webhooks/{id}` signed with this secret, or brought with an API key; replaces what was registered before.',
  })
  registerWebhook(
    @Arg('input', () => RegisterWebhookInput) input: RegisterWebhookInput,
    @Ctx() context: HubContext,
  ): Promise<IntegrationPayload> {
    const info = { action: 'webhook.register', argument: 'input', failed: { integration: null } };
    return mutate(context, info, async (...hub) => ({ integration: await registerWebhook(...hub, input) }));
  }
}
