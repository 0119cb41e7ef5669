import { Args, Field, ID, InputType, ObjectType, Query, Resolver } from 'type-graphql';
import { EntityType, WebhookStatus } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, filteredBy, PageArgs } from '../connection.js';
import { Integration } from '../integrations/integration.js';
import { Node } from '../node.js';
import { planned, Read } from '../planned.js';
import { DateTime, Json } from '../scalars.js';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'One received webhook.' })
@Allow('viewer', 'viewStatus')
export class WebhookEvent extends Node {
  @Field(() => String)
  merchantId!: string;

  @Field(() => Integration)
  integration!: Integration;

  @Field(() => String, { description: 'The sender’s identity of the event; unique per integration.' })
  eventId!: string;

  @Field(() => String)
  eventType!: string;

  @Field(() => EntityType, { nullable: true })
  entityType!: EntityType | null;

  @Field(() => ID, { nullable: true })
  entityId!: string | null;

  @Field(() => String, { nullable: true })
  externalId!: string | null;

  @Field(() => WebhookStatus)
  status!: WebhookStatus;

  @Field(() => Json, { nullable: true })
  @Allow('operator')
  payload!: unknown;

  @Field(() => Json, { description: 'Secrets and signatures masked.' })
  @Allow('operator')
  headers!: unknown;

  @Field(() => Json, { nullable: true, description: 'What the hub answered.' })
  answer!: unknown;

  @Field(() => String, { nullable: true })
  errorCode!: string | null;

  @Field(() => String, { nullable: true })
  errorMessage!: string | null;

  @Field(() => DateTime, { description: 'When it happened at the sender.' })
  occurredAt!: string;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'The time that the event bears, where that lies more than 5 minutes ahead of the hub’s clock: it then counts as having happened when it was received.',
  })
  datedAt!: string | null;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime, { nullable: true })
  processedAt!: string | null;
}

const WebhookEventConnection = connectionOf('WebhookEvent', () => WebhookEvent);

@InputType()
export class WebhookEventFilter {
  @Field(() => [WebhookStatus], { nullable: true })
  status?: WebhookStatus[] | null;

  @Field(() => ID, { nullable: true })
  integrationId?: string | null;

  @Field(() => String, { nullable: true })
  eventType?: string | null;

  @Field(() => EntityType, { nullable: true })
  entityType?: EntityType | null;

  @Field(() => String, { nullable: true })
  entityId?: string | null;

  @Field(() => String, { nullable: true })
  externalId?: string | null;

  @Field(() => String, { nullable: true })
  errorCode?: string | null;

  @Field(() => DateTime, { nullable: true })
  createdFrom?: string | null;

  @Field(() => DateTime, { nullable: true })
  createdTo?: string | null;
}

const WebhookEventsArgs = filteredBy(() => WebhookEventFilter);

@Resolver()
export class WebhookEventQueries {
  @Allow('viewer', 'viewStatus')
  @Query(() => WebhookEventConnection, { description: 'Newest first.' })
  @Read({ order: [['createdAt', 'desc']] })
  webhookEvents(@Args(() => WebhookEventsArgs) _args: PageArgs): Connection<WebhookEvent> {
    return planned();
  }
}
