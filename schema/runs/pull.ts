import { Args, Field, FieldResolver, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { EntityType } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, filteredBy, PageArgs } from '../connection.js';
import { Integration } from '../integrations/integration.js';
import { Node } from '../node.js';
import { planned, Read } from '../planned.js';
import { DateTime, Json } from '../scalars.js';
import { SyncEvent } from '../sync/sync-event.js';
import { Run } from './run.js';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'One run of reading everything, or what changed, of one kind from one system.',
})
@Allow('viewer', 'viewStatus')
export class Pull extends Run {
  @Field(() => EntityType)
  entityType!: EntityType;

  @Field(() => ID, { description: 'The sync event that asked for it.' })
  syncEventId!: string;

  @Field(() => DateTime, { nullable: true, description: 'Only what changed since then; null: everything.' })
  since!: string | null;

  @Field(() => String, { description: '`RUNNING`, `COMPLETE`, `FAILED` or `CANCELLED`.' })
  state!: string;

  @Field(() => Int)
  rowsRead!: number;

  @Field(() => Int, { description: 'Rows that were new or differed and were written, products and stock alike.' })
  rowsChanged!: number;

  @Field(() => Int, { description: 'Rows that the system does not have any more.' })
  rowsRemoved!: number;

  @Field(() => Int, { description: 'Rows that could not be taken.' })
  problemCount!: number;

  @Field(() => DateTime)
  startedAt!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A row that could not be taken; the others of its pull were.' })
@Allow('viewer', 'viewStatus')
export class RowProblem {
  @Field(() => Int, { description: 'From 1; of a file, its header included.' })
  line!: number;

  @Field(() => String)
  @Read({ property: 'columnName' })
  column!: string;

  @Field(() => String, { description: 'As found, cut to 200 characters.' })
  value!: string;

  @Field(() => String, { description: 'What it should have been.' })
  rule!: string;
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'A record as a pull read it: some of the newest of each integration and kind are kept, to try field mappings on.',
})
@Allow('viewer', 'viewStatus')
export class PullSample extends Node {
  @Field(() => String)
  merchantId!: string;

  @Field(() => Integration)
  integration!: Integration;

  @Field(() => EntityType)
  entityType!: EntityType;

  @Field(() => ID)
  pullId!: string;

  @Field(() => Json, { description: 'As the system told it, secrets masked: what inbound rules read.' })
  @Allow('operator')
  record!: unknown;

  @Field(() => Json, { description: 'What the connector made of it by itself: what inbound rules write into.' })
  @Allow('operator')
  ownRow!: unknown;

  @Field(() => DateTime)
  createdAt!: string;
}

const PullSampleConnection = connectionOf('PullSample', () => PullSample);
const PullConnection = connectionOf('Pull', () => Pull);
const RowProblemConnection = connectionOf('RowProblem', () => RowProblem);

@InputType()
class PullFilter {
  @Field(() => ID, { nullable: true })
  integrationId?: string | null;

  @Field(() => EntityType, { nullable: true })
  entityType?: EntityType | null;

  @Field(() => [String], { nullable: true })
  state?: string[] | null;
}

@InputType()
class PullSampleFilter {
  @Field(() => ID, { nullable: true })
  integrationId?: string | null;

  @Field(() => EntityType, { nullable: true })
  entityType?: EntityType | null;
}

const PullSamplesArgs = filteredBy(() => PullSampleFilter);
const PullsArgs = filteredBy(() => PullFilter);

@Resolver()
export class PullQueries {
  @Allow('viewer', 'viewStatus')
  @Query(() => PullConnection, { description: 'Newest first.' })
  pulls(@Args(() => PullsArgs) _args: PageArgs): Connection<Pull> {
    return planned();
  }

  @Allow('viewer', 'viewStatus')
  @Query(() => PullSampleConnection, {
    description: 'Newest first; at most 200 of an integration and kind are kept, no longer than their pull.',
  })
  @Read({ order: [['id', 'desc']] })
  pullSamples(@Args(() => PullSamplesArgs) _args: PageArgs): Connection<PullSample> {
    return planned();
  }
}

@Resolver(() => SyncEvent)
export class SyncEventPulls {
  @FieldResolver(() => [Pull], { description: 'The runs that it came to, one for each attempt, in their order.' })
  @Read({ relation: { on: (row, pull) => `${pull}.sync_event_id = ${row}.id` } })
  pulls(): Pull[] {
    return planned();
  }

  @FieldResolver(() => RowProblemConnection, {
    description: 'Rows of its last pull that could not be taken, in their order; the first 10,000 are kept.',
  })
  @Read({
    relation: { on: (row, problem) => `${problem}.sync_event_id = ${row}.id` },
    order: [['id', 'asc']],
  })
  problems(@Args(() => PageArgs) _args: PageArgs): Connection<RowProblem> {
    return planned();
  }
}
