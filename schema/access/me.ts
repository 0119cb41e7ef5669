import { Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql';
import { rightsOf } from '../../src/flow/access/rights-of.js';
import { Role } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import type { HubContext } from '../context.js';
import { Read } from '../planned.js';
import { DateTime } from '../scalars.js';

@ObjectType({ simpleResolvers: true, description: 'What the caller may do with integrations of one connector.' })
export class ConnectorRights {
  @Field(() => String)
  connector!: string;

  @Field(() => Boolean, { description: 'Create, change and delete them.' })
  config!: boolean;

  @Field(() => Boolean, { description: 'Test, switch and look after them.' })
  manage!: boolean;

  @Field(() => Boolean)
  sync!: boolean;

  @Field(() => Boolean, { description: 'Send again what was sent.' })
  resync!: boolean;

  @Field(() => Boolean, { description: 'See how syncs went.' })
  viewStatus!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'Who asks, by the token or API key of this request.' })
export class Me {
  @Field(() => String)
  subject!: string;

  @Field(() => Role)
  role!: Role;

  @Field(() => String, {
    nullable: true,
    description: 'All that the caller sees and does is limited to it; null: every merchant.',
  })
  merchantId!: string | null;

  @Field(() => [String], { description: 'As the token or key names them.' })
  permissions!: string[];

  @Field(() => String, { description: '`jwt` or `api-key`.' })
  via!: string;

  @Field(() => DateTime, { nullable: true, description: 'When the token ends.' })
  expiresAt!: string | null;

  @Field(() => [ConnectorRights], { description: 'By role and permissions together, for every connector.' })
  rights!: ConnectorRights[];
}

@Resolver()
export class MeQueries {
  @Allow('viewer')
  @Query(() => Me, { description: 'The caller, and what it may do: for a UI that shows only what will work.' })
  @Read({ js: true })
  me(@Ctx() { caller, services }: HubContext): Me {
    const { subject, role, merchantId, permissions, via, expiresAt } = caller;
    return {
      ...{ subject, role, merchantId, via, permissions: [...permissions] },
      expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
      rights: services.connectors.map((connector) => ({ connector: connector.name, ...rightsOf(caller, connector) })),
    };
  }
}
