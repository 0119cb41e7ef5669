import { Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql';
import { describeConnector } from '../../src/connectors/describe-connector.js';
import { EntityType, IntegrationMode } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import type { HubContext } from '../context.js';
import { Read } from '../planned.js';
import { Json } from '../scalars.js';

@ObjectType({ simpleResolvers: true, description: 'Code for one kind of system.' })
export class Connector {
  @Field(() => String, { description: 'The name that an integration gives as its `connector`.' })
  name!: string;

  @Field(() => String)
  title!: string;

  @Field(() => [EntityType], { description: 'What the hub sends to it.' })
  sends!: EntityType[];

  @Field(() => [IntegrationMode], { description: 'How an integration with it can be kept in step.' })
  modes!: IntegrationMode[];

  @Field(() => Boolean, { description: 'Whether it sends webhooks to the hub.' })
  receivesWebhooks!: boolean;

  @Field(() => Json, {
    description: 'JSON Schema of an integration’s `settings`: a form can be drawn from it.',
  })
  settingsSchema!: unknown;

  @Field(() => Json, {
    description:
      'JSON Schema of an integration’s `credentials`. All are `writeOnly`; secrets have the format `password`.',
  })
  credentialsSchema!: unknown;

  @Field(() => Json, { description: 'The settings of a new integration where none are given.' })
  defaultSettings!: unknown;
}

@Resolver()
export class ConnectorQueries {
  @Allow('viewer')
  @Query(() => [Connector])
  @Read({ js: true })
  connectors(@Ctx() context: HubContext): Connector[] {
    return context.services.connectors.map(describeConnector);
  }
}
