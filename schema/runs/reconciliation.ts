import { Arg, Args, Field, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { EntityType } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, filteredBy, PageArgs } from '../connection.js';
import { Integration } from '../integrations/integration.js';
import { Node } from '../node.js';
import { planned, Read } from '../planned.js';
import { DateTime, Json } from '../scalars.js';
import { Run } from './run.js';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'One comparison of what a system has with what the hub has.',
})
@Allow('viewer', 'viewStatus')
export class Reconciliation extends Run {
  @Field(() => ID, { nullable: true, description: 'The sync event that carries it out.' })
  syncEventId!: string | null;

  @Field(() => [EntityType])
  entityTypes!: EntityType[];

  @Field(() => DateTime)
  periodFrom!: string;

  @Field(() => DateTime)
  periodTo!: string;

  @Field(() => String, { description: '`QUEUED`, `RUNNING`, `COMPLETE`, `FAILED` or `CANCELLED`.' })
  state!: string;

  @Field(() => Int, { description: 'Records of the system that were read so far.' })
  recordsRead!: number;

  @Field(() => Int, { description: 'Differences that were found, in the kinds that it is through with.' })
  differenceCount!: number;

  @Field(() => Int, {
    description: 'Records that could not be read or compared; `syncEvent(id: syncEventId) { problems }` lists them.',
  })
  problemCount!: number;

  @Field(() => Int, { description: 'Those that are neither repaired nor gone.' })
  @Read({
    expression: {
      sql: (row) =>
        `(select count(*)::int from reconciliation_differences d where d.reconciliation_id = ${row}.id and d.state in ('OPEN', 'REPAIRING', 'FAILED'))`,
      type: 'integer',
    },
  })
  discrepancies!: number;

  @Field(() => DateTime)
  createdAt!: string;
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'One thing that differed, and how to mend it.' })
@Allow('viewer', 'viewStatus')
export class ReconciliationDifference extends Node {
  @Field(() => String)
  merchantId!: string;

  @Field(() => Integration)
  integration!: Integration;

  @Field(() => Reconciliation)
  reconciliation!: Reconciliation;

  @Field(() => EntityType)
  entityType!: EntityType;

  @Field(() => ID, { nullable: true, description: 'The hub’s id; null where the hub does not have it.' })
  entityId!: string | null;

  @Field(() => String, { nullable: true })
  externalId!: string | null;

  @Field(() => String, { description: '`MISSING_HERE`, `MISSING_THERE` or `FIELD_DIFFERS`.' })
  kind!: string;

  @Field(() => String, { nullable: true })
  field!: string | null;

  @Field(() => String, { nullable: true, description: 'The hub’s value; of what is missing, its number or reference.' })
  hereValue!: string | null;

  @Field(() => String, { nullable: true, description: 'The system’s value.' })
  thereValue!: string | null;

  @Field(() => String, { description: 'Which way the proposed repair goes: `IN` to the hub, `OUT` to the system.' })
  direction!: string;

  @Field(() => String, { description: 'What the repair does.' })
  @Read({
    expression: {
      sql: (row) =>
        `case ${row}.kind when 'MISSING_HERE' then 'Make it in the hub as the system has it.'` +
        ` when 'MISSING_THERE' then case ${row}.direction when 'IN' then 'Take it out of the hub.' else 'Send it to the system.' end` +
        ` else case ${row}.direction when 'IN' then 'Take the system’s value.' else 'Send the hub’s record.' end end`,
      type: 'text',
    },
  })
  proposedRepair!: string;

  @Field(() => Json, { nullable: true, description: 'The system’s record as it was told.' })
  @Allow('operator')
  details!: unknown;

  @Field(() => String, {
    description:
      '`OPEN`; `REPAIRING` while its sync event is on its way, `REPAIRED` once the effect is there, `FAILED` when that failed for good; `MOVED`: no longer so when it was to be repaired.',
  })
  state!: string;

  @Field(() => String, { nullable: true })
  message!: string | null;

  @Field(() => ID, { nullable: true, description: 'The sync event that repairs it.' })
  syncEventId!: string | null;

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime, { nullable: true })
  repairedAt!: string | null;
}

const ReconciliationConnection = connectionOf('Reconciliation', () => Reconciliation);
const ReconciliationDifferenceConnection = connectionOf('ReconciliationDifference', () => ReconciliationDifference);

@InputType()
class ReconciliationFilter {
  @Field(() => ID, { nullable: true })
  integrationId?: string | null;

  @Field(() => [String], { nullable: true })
  state?: string[] | null;
}

const ReconciliationsArgs = filteredBy(() => ReconciliationFilter);

@InputType()
class ReconciliationDifferenceFilter {
  @Field(() => ID, { nullable: true })
  reconciliationId?: string | null;

  @Field(() => ID, { nullable: true })
  integrationId?: string | null;

  @Field(() => EntityType, { nullable: true })
  entityType?: EntityType | null;

  @Field(() => String, { nullable: true })
  entityId?: string | null;

  @Field(() => [String], { nullable: true })
  kind?: string[] | null;

  @Field(() => [String], { nullable: true })
  state?: string[] | null;
}

const ReconciliationDifferencesArgs = filteredBy(() => ReconciliationDifferenceFilter);

@Resolver()
export class ReconciliationQueries {
  @Allow('viewer', 'viewStatus')
  @Query(() => Reconciliation, { nullable: true })
  reconciliation(@Arg('id', () => ID) _id: string): Reconciliation | null {
    return planned();
  }

  @Allow('viewer', 'viewStatus')
  @Query(() => ReconciliationConnection, { description: 'Newest first.' })
  @Read({ order: [['createdAt', 'desc']] })
  reconciliations(@Args(() => ReconciliationsArgs) _args: PageArgs): Connection<Reconciliation> {
    return planned();
  }

  @Allow('viewer', 'viewStatus')
  @Query(() => ReconciliationDifferenceConnection)
  @Read({ order: [['id', 'asc']] })
  reconciliationDifferences(
    @Args(() => ReconciliationDifferencesArgs) _args: PageArgs,
  ): Connection<ReconciliationDifference> {
    return planned();
  }
}
