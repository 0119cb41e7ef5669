import { Arg, Ctx, Field, FieldResolver, ID, InputType, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { describeConnector } from '../../src/connectors/describe-connector.js';
import { IntegrationMode } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import type { HubContext } from '../context.js';
import { Node } from '../node.js';
import { planned, Read } from '../planned.js';
import { DateTime, Json } from '../scalars.js';
import { Connector } from './connector.js';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'One merchant’s configured use of a connector. Credentials never leave the hub.',
})
@Allow('viewer')
export class Integration extends Node {
  @Field(() => String)
  merchantId!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  connector!: string;

  @Field(() => IntegrationMode)
  mode!: IntegrationMode;

  @Field(() => Boolean)
  enabled!: boolean;

  @Field(() => Boolean)
  @Read({ expression: { sql: (row) => `(${row}.sealed_credentials is not null)`, type: 'boolean' } })
  credentialsConfigured!: boolean;

  @Field(() => String, {
    description:
      'Where the hub takes its webhooks, below its own address: signed as its system signs, or as `webhook` was registered.',
  })
  @Read({ expression: { sql: (row) => `('/webhooks/' || ${row}.id)`, type: 'text' } })
  webhookPath!: string;

  @Field(() => Json)
  @Allow('operator', 'config')
  settings!: unknown;

  @Field(() => Json, { description: 'Of statuses; those of fields are `fieldMappings`.' })
  @Allow('operator', 'config')
  mappings!: unknown;

  @Field(() => String, {
    description:
      '`API`, `ENVIRONMENT` or `DEMO`. `ENVIRONMENT`: its variables win at each start, and bring it back where it was deleted.',
  })
  configuredBy!: string;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime)
  updatedAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'Set once it is deleted; kept because history names it.' })
  deletedAt!: string | null;
}

@InputType()
export class IntegrationFilter {
  @Field(() => String, { nullable: true })
  merchantId?: string | null;

  @Field(() => String, { nullable: true })
  connector?: string | null;

  @Field(() => Boolean, { nullable: true })
  enabled?: boolean | null;
}

@Resolver(() => Integration)
export class IntegrationQueries {
  @Allow('viewer')
  @Query(() => Integration, { nullable: true })
  integration(@Arg('id', () => ID) _id: string): Integration | null {
    return planned();
  }

  @Allow('viewer')
  @Query(() => [Integration], { description: 'By name.' })
  @Read({ order: [['name', 'asc']], limit: 1000 })
  integrations(@Arg('filter', () => IntegrationFilter, { nullable: true }) _filter?: IntegrationFilter): Integration[] {
    return planned();
  }

  @FieldResolver(() => Connector, { nullable: true, description: 'Null when this hub has no such connector.' })
  @Read({ needs: ['connector'] })
  definition(@Root() row: { $connector: string }, @Ctx() context: HubContext): Connector | null {
    const code = context.services.connectors.find(({ name }) => name === row.$connector);
    return code ? describeConnector(code) : null;
  }
}
