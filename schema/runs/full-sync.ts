import { Arg, Args, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { type FullSyncInput, startFullSync } from '../../src/flow/full-sync/start-full-sync.js';
import { EntityType } from '../../src/model/statuses.js';
import { Allow, integrationAt } from '../allow.js';
import { type Connection, connectionOf, filteredBy, PageArgs } from '../connection.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { MutationPayload } from '../mutation-payload.js';
import { Node } from '../node.js';
import { planned, Read } from '../planned.js';
import { DateTime } from '../scalars.js';
import { Run } from './run.js';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'One run that sends a system everything of some kinds that is not in step there.',
})
@Allow('viewer', 'viewStatus')
export class FullSync extends Run {
  @Field(() => ID, { nullable: true, description: 'The sync event that carries it out.' })
  syncEventId!: string | null;

  @Field(() => [EntityType])
  entityTypes!: EntityType[];

  @Field(() => String, { description: '`QUEUED`, `RUNNING`, `COMPLETE`, `FAILED` or `CANCELLED`.' })
  state!: string;

  @Field(() => EntityType, { nullable: true, description: 'The kind that it is at.' })
  entityType!: EntityType | null;

  @Field(() => Int, {
    description: 'How many there were when it was asked for, or began. 0 while they are not counted yet.',
  })
  totalCount!: number;

  @Field(() => Int, { description: 'How many it has looked at.' })
  lookedCount!: number;

  @Field(() => Int, { description: 'How many of them were accepted to be sent; the rest is in step.' })
  sentCount!: number;

  @Field(() => Int, { description: 'How many the system does not take as they are.' })
  refusedCount!: number;

  @Field(() => Int, { description: 'In percent.' })
  @Read({
    expression: {
      sql: (row) =>
        `case when ${row}.state = 'COMPLETE' then 100 else least(99, 100 * ${row}.looked_count / greatest(${row}.total_count, 1)) end`,
      type: 'integer',
    },
  })
  progress!: number;

  @Field(() => DateTime)
  createdAt!: string;
}

const FullSyncConnection = connectionOf('FullSync', () => FullSync);

@InputType()
class FullSyncFilter {
  @Field(() => ID, { nullable: true })
  integrationId?: string | null;

  @Field(() => [String], { nullable: true })
  state?: string[] | null;
}

const FullSyncsArgs = filteredBy(() => FullSyncFilter);

@InputType()
class StartFullSyncInput {
  @Field(() => ID)
  integrationId!: string;

  @Field(() => [EntityType], { nullable: true, description: 'Default: all that the system is sent.' })
  entityTypes?: EntityType[] | null;

  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class FullSyncPayload extends MutationPayload {
  @Field(() => FullSync, { nullable: true })
  fullSync!: string | null;
}

@Resolver()
export class FullSyncResolver {
  @Allow('viewer', 'viewStatus')
  @Query(() => FullSync, { nullable: true })
  fullSync(@Arg('id', () => ID) _id: string): FullSync | null {
    return planned();
  }

  @Allow('viewer', 'viewStatus')
  @Query(() => FullSyncConnection, { description: 'Newest first.' })
  @Read({ order: [['createdAt', 'desc']] })
  fullSyncs(@Args(() => FullSyncsArgs) _args: PageArgs): Connection<FullSync> {
    return planned();
  }

  @Allow('operator', 'sync', integrationAt('input.integrationId'))
  @Mutation(() => FullSyncPayload, {
    description:
      'Operators. Sends a system, in batches, everything that is not in step there; its run shows how far it is.',
  })
  startFullSync(
    @Arg('input', () => StartFullSyncInput) input: StartFullSyncInput,
    @Ctx() context: HubContext,
  ): Promise<FullSyncPayload> {
    const info = { action: 'full_sync.start', argument: 'input', failed: { fullSync: null } };
    const wanted = input as FullSyncInput;
    return mutate(context, info, async (...hub) => ({ fullSync: await startFullSync(...hub, wanted) }));
  }
}
