import { Arg, Args, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { resendNotification } from '../../src/flow/resend-notification.js';
import { EntityType, NotificationStatus } from '../../src/model/statuses.js';
import { Allow, rowAt } from '../allow.js';
import { type Connection, connectionOf, filteredBy, PageArgs } from '../connection.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { MutationPayload } from '../mutation-payload.js';
import { Node } from '../node.js';
import { planned, Read } from '../planned.js';
import { DateTime } from '../scalars.js';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'One message to people, said once.' })
@Allow('viewer', 'viewStatus')
export class Notification extends Node {
  @Field(() => String, { nullable: true })
  merchantId!: string | null;

  @Field(() => String, { description: 'What it is about, e.g. `order.shipped`, `alert.opened`.' })
  kind!: string;

  @Field(() => EntityType, { nullable: true })
  entityType!: EntityType | null;

  @Field(() => ID, { nullable: true })
  entityId!: string | null;

  @Field(() => ID, { nullable: true })
  integrationId!: string | null;

  @Field(() => String)
  subject!: string;

  @Allow('operator')
  @Field(() => String, { description: 'Plain text.' })
  body!: string;

  @Allow('operator')
  @Field(() => [String], { description: 'Mail addresses; none: the operators.' })
  recipients!: string[];

  @Field(() => NotificationStatus)
  status!: NotificationStatus;

  @Field(() => Int)
  attempts!: number;

  @Field(() => [String], { description: 'The channels that have sent it: `mail`, `slack`, `webhook`.' })
  sentBy!: string[];

  @Field(() => String, { nullable: true })
  lastError!: string | null;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime, { nullable: true })
  sentAt!: string | null;
}

const NotificationConnection = connectionOf('Notification', () => Notification);

@InputType()
export class NotificationFilter {
  @Field(() => [NotificationStatus], { nullable: true })
  status?: NotificationStatus[] | null;

  @Field(() => String, { nullable: true })
  kind?: string | null;

  @Field(() => EntityType, { nullable: true })
  entityType?: EntityType | null;

  @Field(() => String, { nullable: true })
  entityId?: string | null;

  @Field(() => ID, { nullable: true })
  integrationId?: string | null;

  @Field(() => DateTime, { nullable: true })
  createdFrom?: string | null;

  @Field(() => DateTime, { nullable: true })
  createdTo?: string | null;
}

const NotificationsArgs = filteredBy(() => NotificationFilter);

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class NotificationPayload extends MutationPayload {
  @Field(() => Notification, { nullable: true })
  notification!: string | null;
}

@Resolver()
export class Notifications {
  @Allow('viewer', 'viewStatus')
  @Query(() => NotificationConnection, { description: 'The outbox of messages, newest first.' })
  @Read({ order: [['createdAt', 'desc']] })
  notifications(@Args(() => NotificationsArgs) _args: PageArgs): Connection<Notification> {
    return planned();
  }

  @Allow('operator', 'manage', rowAt('notification'))
  @Mutation(() => NotificationPayload, {
    description: 'Operators. Sends a message that failed or was kept, by the channels that are on now.',
  })
  resendNotification(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Promise<NotificationPayload> {
    const info = { action: 'notification.resend', failed: { notification: null } };
    return mutate(context, info, async (...hub) => ({ notification: await resendNotification(...hub, id) }));
  }
}
