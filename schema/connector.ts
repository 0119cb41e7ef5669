import { Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql';
import { toJSONSchema } from 'zod';
import type { Connector as ConnectorCode } from '../src/connectors/connector.js';
import { EntityType } from '../src/model/statuses.js';
import type { HubContext } from './context.js';
import { Read } from './planned.js';
import { Json } from './scalars.js';

@ObjectType({ simpleResolvers: true, description: 'Code for one kind of system.' })
export class Connector {
  @Field(() => String, { description: 'The name that an integration gives as its `connector`.' })
  name!: string;

  @Field(() => String)
  title!: string;

  @Field(() => [EntityType], { description: 'What the hub sends to it.' })
  sends!: EntityType[];

  @Field(() => Boolean, { description: 'Whether it sends webhooks to the hub.' })
  receivesWebhooks!: boolean;

  @Field(() => Json, { description: 'JSON Schema of an integration’s `settings`.' })
  settingsSchema!: unknown;

  @Field(() => Json, { description: 'JSON Schema of an integration’s `credentials`.' })
  credentialsSchema!: unknown;
}

@Resolver()
export class ConnectorQueries {
  @Query(() => [Connector])
  @Read({ js: true })
  connectors(@Ctx() context: HubContext): Connector[] {
    return context.services.connectors.map(describeConnector);
  }
}

/** What the schema shows of a connector; its zod schemas become JSON Schema, for forms. */
export function describeConnector(connector: ConnectorCode): Connector {
  return {
    name: connector.name,
    title: connector.title,
    sends: [...connector.sends],
    receivesWebhooks: connector.webhooks !== undefined,
    settingsSchema: toJSONSchema(connector.settings, { io: 'input', unrepresentable: 'any' }),
    credentialsSchema: toJSONSchema(connector.credentials, { io: 'input', unrepresentable: 'any' }),
  };
}
