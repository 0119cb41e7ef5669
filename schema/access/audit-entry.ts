import { Args, Field, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { BEGINNINGS } from '../../src/model/audit-actions.js';
import { Role } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, filteredBy, PageArgs } from '../connection.js';
import { FilterBy, planned } from '../planned.js';
import { DateTime, Json } from '../scalars.js';

@ObjectType({ simpleResolvers: true, description: 'What somebody did, or was refused.' })
@Allow('viewer', 'viewStatus')
export class AuditEntry {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  merchantId!: string | null;

  @Field(() => String)
  actor!: string;

  @Field(() => Role, { nullable: true, description: 'Null for the hub’s own work, and before anybody is known.' })
  actorRole!: Role | null;

  @Field(() => String)
  action!: string;

  @Field(() => String, { nullable: true })
  entityType!: string | null;

  @Field(() => ID, { nullable: true })
  entityId!: string | null;

  @Field(() => ID, { nullable: true })
  integrationId!: string | null;

  @Field(() => String, { description: '`OK`, `REFUSED` or `FAILED`.' })
  outcome!: string;

  @Field(() => Json)
  details!: unknown;

  @Field(() => String, { nullable: true })
  requestId!: string | null;

  @Field(() => Int, { nullable: true, description: 'How long a mutation took until it was decided.' })
  durationMs!: number | null;

  @Field(() => DateTime)
  at!: string;
}

const AuditEntryConnection = connectionOf('AuditEntry', () => AuditEntry);

const BEGUN = BEGINNINGS.map((action) => `'${action}'`).join(',');

@InputType()
export class AuditFilter {
  @Field(() => String, { nullable: true })
  actor?: string | null;

  @Field(() => String, { nullable: true })
  action?: string | null;

  @Field(() => String, { nullable: true, deprecationReason: 'Say it by `outcomes`.' })
  outcome?: string | null;

  @Field(() => [String], { nullable: true, description: 'Any of these: `OK`, `REFUSED`, `FAILED`.' })
  @FilterBy((row, arg) => `${row}.outcome = any(${arg('outcomes', 'text[]')})`)
  outcomes?: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True: what only began something whose end later entries tell, a sync or a reconciliation; false: all else.',
  })
  @FilterBy((row, arg) => `(${row}.outcome = 'OK' and ${row}.action in (${BEGUN})) = ${arg('begun', 'boolean')}`)
  begun?: boolean | null;

  @Field(() => String, { nullable: true })
  entityType?: string | null;

  @Field(() => String, { nullable: true })
  entityId?: string | null;

  @Field(() => ID, { nullable: true })
  integrationId?: string | null;

  @Field(() => DateTime, { nullable: true })
  from?: string | null;

  @Field(() => DateTime, { nullable: true })
  to?: string | null;
}

const AuditLogArgs = filteredBy(() => AuditFilter);

@Resolver()
export class AuditQueries {
  @Allow('operator', 'viewStatus')
  @Query(() => AuditEntryConnection, { description: 'Newest first.' })
  auditLog(@Args(() => AuditLogArgs) _args: PageArgs): Connection<AuditEntry> {
    return planned();
  }
}
