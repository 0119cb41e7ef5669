import { Field, ID, ObjectType } from 'type-graphql';
import { EntityType } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { connectionOf } from '../connection.js';
import { DateTime, Json } from '../scalars.js';

@ObjectType({ simpleResolvers: true, description: 'Something that happened to an entity, in whatever system.' })
@Allow('viewer', 'viewStatus')
export class TimelineEntry {
  @Field(() => ID)
  id!: string;

  @Field(() => DateTime)
  at!: string;

  @Field(() => EntityType, { description: 'The order itself, or an invoice of it.' })
  entityType!: EntityType;

  @Field(() => ID)
  entityId!: string;

  @Field(() => String, {
    description: '`sync_event`, `attempt`, `webhook_event`, `status_change` or `audit`.',
  })
  kind!: string;

  @Field(() => String, { description: 'One line for a person.' })
  title!: string;

  @Field(() => String, { nullable: true, description: 'How it ended, in the words of its kind.' })
  outcome!: string | null;

  @Field(() => String, { nullable: true, description: 'Who did it, where a person or key did.' })
  actor!: string | null;

  @Field(() => ID, { nullable: true })
  integrationId!: string | null;

  @Field(() => ID, { nullable: true, description: 'Of the sync event or webhook event itself.' })
  sourceId!: string | null;

  @Field(() => Json)
  details!: unknown;
}

export const TimelineConnection = connectionOf('Timeline', () => TimelineEntry);
