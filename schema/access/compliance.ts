import { Arg, Ctx, Field, Int, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import * as flow from '../../src/flow/access/read-compliance.js';
import { RETENTION, type Retained } from '../../src/model/retention.js';
import { Role } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import type { HubContext } from '../context.js';
import { Read } from '../planned.js';
import { DateTime } from '../scalars.js';
import { SecurityEventCount } from '../watching/metric-groups.js';

const RetainedNames = Object.fromEntries(Object.keys(RETENTION).map((name) => [name, name]));
registerEnumType(RetainedNames, { name: 'Retained' });

@ObjectType({ simpleResolvers: true })
export class OperationCount implements flow.OperationCount {
  @Field(() => Role, { nullable: true, description: 'Null: the hub itself, nobody known, or before roles were kept.' })
  role!: Role | null;

  @Field(() => String, { description: 'Noun and verb, as in the audit log.' })
  action!: string;

  @Field(() => Int)
  done!: number;

  @Field(() => Int)
  refused!: number;

  @Field(() => Int)
  failed!: number;
}

@ObjectType({ simpleResolvers: true })
export class SecretsRotated implements flow.SecretsRotated {
  @Field(() => Int, { description: 'Times that somebody changed an integration’s credentials.' })
  credentials!: number;

  @Field(() => Int, { description: 'Times that a secret of webhooks was registered.' })
  webhookSecrets!: number;

  @Field(() => Int)
  apiKeysMade!: number;

  @Field(() => Int)
  apiKeysRevoked!: number;

  @Field(() => Int, { description: 'Credentials sealed with the present encryption key that a former one had sealed.' })
  sealedAnew!: number;
}

@ObjectType({ simpleResolvers: true })
export class Retention {
  @Field(() => RetainedNames)
  what!: Retained;

  @Field(() => Int, { nullable: true, description: 'Null: for good.' })
  days!: number | null;
}

@ObjectType({ simpleResolvers: true, description: 'Who has done what over a time, in figures.' })
export class ComplianceReport implements flow.ComplianceReport {
  @Field(() => DateTime)
  from!: string;

  @Field(() => DateTime)
  to!: string;

  @Field(() => [OperationCount], { description: 'By kind and by the role of who asked for them.' })
  operations!: OperationCount[];

  @Field(() => Int)
  refused!: number;

  @Field(() => Int)
  failed!: number;

  @Field(() => [SecurityEventCount], {
    nullable: true,
    description: 'By whole hours; null for a caller of one merchant.',
  })
  securityEvents!: SecurityEventCount[] | null;

  @Field(() => SecretsRotated)
  secretsRotated!: SecretsRotated;

  @Field(() => [Retention], { description: 'How long what is kept, now.' })
  retention!: Retention[];
}

@Resolver()
export class ComplianceQueries {
  @Allow('admin')
  @Query(() => ComplianceReport, {
    description:
      'Admins. Of what the caller may see; by default of the last 30 days. The entries themselves: `auditLog`.',
  })
  @Read({ js: true })
  complianceReport(
    @Ctx() { services, caller }: HubContext,
    @Arg('from', () => DateTime, { nullable: true }) from?: string | null,
    @Arg('to', () => DateTime, { nullable: true }) to?: string | null,
  ): Promise<ComplianceReport> {
    return flow.readCompliance(services, caller, { from: from ?? null, to: to ?? null });
  }
}
