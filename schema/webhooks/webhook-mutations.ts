import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver, registerEnumType } from 'type-graphql';
import type { Caller } from '../../src/access/caller.js';
import { HubError } from '../../src/errors.js';
import type { WebhookTarget } from '../../src/flow/webhooks/choose-webhook-integration.js';
import { dismissWebhookEvents } from '../../src/flow/webhooks/dismiss-webhook-events.js';
import { ingestWebhook } from '../../src/flow/webhooks/ingest-webhook.js';
import { replayWebhookEvents } from '../../src/flow/webhooks/replay-webhook-events.js';
import { EntityType, WebhookNews, WebhookStatus } from '../../src/model/statuses.js';
import { Allow, integrationAt, scopeAt } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate, requireAllowed } from '../mutate.js';
import { BulkPayload, MutationPayload, payloadOf } from '../mutation-payload.js';
import { DateTime, Json } from '../scalars.js';
import { WebhookEvent, WebhookEventFilter } from './webhook-event.js';

const BodyEncoding = { UTF8: 'UTF8', BASE64: 'BASE64' } as const;
type BodyEncoding = keyof typeof BodyEncoding;
registerEnumType(BodyEncoding, { name: 'BodyEncoding', description: 'How the bytes of a body are written as text.' });

@InputType({ description: 'A webhook as it was received. Its signature is over the exact bytes of the body.' })
export class IngestWebhookInput {
  @Field(() => ID, { nullable: true, description: 'Whose it is; left out where the connector’s signature tells.' })
  integrationId?: string | null;

  @Field(() => String, { nullable: true, description: 'The connector whose integrations share one address.' })
  connector?: string | null;

  @Field(() => EntityType, { nullable: true, description: 'An event about anything else is refused.' })
  entityType?: EntityType | null;

  @Field(() => Json, { description: 'Names in lower case, to text.' })
  headers!: Record<string, unknown>;

  @Field(() => String)
  body!: string;

  @Field(() => BodyEncoding, { defaultValue: BodyEncoding.UTF8 })
  bodyEncoding!: BodyEncoding;

  @Field(() => String, { nullable: true, description: 'Where it came from, for the audit of refused signatures.' })
  remoteAddress?: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What became of a webhook; of a repeated one, what became of the first.',
})
export class WebhookOutcome {
  @Field(() => ID)
  webhookEventId!: string;

  @Field(() => WebhookStatus)
  status!: WebhookStatus;

  @Field(() => Boolean)
  duplicate!: boolean;

  @Field(() => String)
  eventType!: string;

  @Field(() => EntityType)
  entityType!: EntityType;

  @Field(() => ID, { nullable: true })
  entityId!: string | null;

  @Field(() => String, { nullable: true })
  externalId!: string | null;

  @Field(() => String, { nullable: true, description: 'The hub’s status of the entity after it.' })
  entityStatus!: string | null;

  @Field(() => WebhookNews, {
    nullable: true,
    description:
      'What it says of the entity; OVERTAKEN: fields that a change of the hub on its way there replaces. Null: accepted before that was recorded.',
  })
  says?: WebhookNews | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The request that brought the first. Null: the hub asked for it, or it was accepted before that was recorded.',
  })
  requestId?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the first was answered. Null: it was accepted before that was recorded.',
  })
  answeredAt?: string | null;

  @Field(() => String, { nullable: true })
  errorCode!: string | null;

  @Field(() => String, { nullable: true })
  errorMessage!: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class WebhookPayload extends MutationPayload {
  @Field(() => WebhookEvent, { nullable: true })
  webhookEvent!: string | null;

  @Field(() => WebhookOutcome, { nullable: true })
  outcome!: WebhookOutcome | null;
}

@Resolver()
export class WebhookMutations {
  @Allow('operator', 'manage', scopeAt('input.', 'everything'))
  @Mutation(() => WebhookPayload, { description: 'What every webhook address feeds. Operators.' })
  ingestWebhook(
    @Arg('input', () => IngestWebhookInput) input: IngestWebhookInput,
    @Ctx() context: HubContext,
  ): Promise<WebhookPayload> {
    const { services, requestId, sender } = context;
    const caller = { ...context.caller, requestId };
    const allowed = async (one: Caller) => {
      await requireAllowed(context, one, 'webhook.ingest');
      return one;
    };
    return payloadOf<WebhookPayload>({ webhookEvent: null, outcome: null }, async () => {
      const outcome = await ingestWebhook(
        services,
        await allowed(caller),
        {
          target: targetOf(input),
          entityType: input.entityType ?? null,
          headers: headersOf(input.headers),
          rawBody: Buffer.from(input.body, input.bodyEncoding === 'BASE64' ? 'base64' : 'utf8'),
          remoteAddress: input.remoteAddress ?? null,
        },
        sender && (async () => allowed({ ...(await sender()), requestId })),
      );
      return { webhookEvent: outcome.webhookEventId, outcome };
    });
  }

  @Allow('operator', 'manage', integrationAt('filter.integrationId'))
  @Mutation(() => BulkPayload, {
    description: 'Reads kept webhook events anew by the mappings of today; `affected` came out otherwise. Operators.',
  })
  replayWebhookEvents(
    @Arg('filter', () => WebhookEventFilter) filter: WebhookEventFilter,
    @Ctx() context: HubContext,
  ): Promise<BulkPayload> {
    const info = { action: 'webhook_event.replay', failed: { affected: 0 } };
    return mutate<BulkPayload>(context, info, async (...hub) => ({
      affected: await replayWebhookEvents(...hub, filter),
    }));
  }

  @Allow('operator', 'manage', integrationAt('filter.integrationId'))
  @Mutation(() => BulkPayload, {
    description:
      'Ends the wait of webhook events that failed: they become IGNORED with the reason, and a replay still finds them. At most 10,000 a call. Operators.',
  })
  dismissWebhookEvents(
    @Arg('filter', () => WebhookEventFilter) filter: WebhookEventFilter,
    @Arg('reason', () => String) reason: string,
    @Ctx() context: HubContext,
  ): Promise<BulkPayload> {
    const info = { action: 'webhook_event.dismiss', failed: { affected: 0 } };
    return mutate<BulkPayload>(context, info, async (...hub) => ({
      affected: await dismissWebhookEvents(...hub, filter, { reason }),
    }));
  }
}

function targetOf({ integrationId, connector }: IngestWebhookInput): WebhookTarget {
  if (integrationId) return { integrationId };
  if (connector) return { connector };
  throw new HubError('BAD_USER_INPUT', 'Give integrationId or connector.', { path: ['input', 'integrationId'] });
}

/** Of a header that came several times, one text. */
function headersOf(given: Record<string, unknown>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given ?? {})) {
    const text = Array.isArray(value) ? value.join(', ') : value;
    if (typeof text === 'string') headers[name.toLowerCase()] = text;
  }
  return headers;
}
