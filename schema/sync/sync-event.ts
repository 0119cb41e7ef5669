import { Arg, Args, ArgsType, Field, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Direction, EntityType, Operation, SyncEventStatus } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, PageArgs } from '../connection.js';
import { Integration } from '../integrations/integration.js';
import { Node } from '../node.js';
import { FilterBy, planned, Read } from '../planned.js';
import { DateTime, Json } from '../scalars.js';

@ObjectType({ simpleResolvers: true, description: 'One try of a sync event; secrets masked, large bodies cut.' })
@Allow('viewer', 'viewStatus')
export class SyncAttempt {
  @Field(() => Int)
  number!: number;

  @Field(() => DateTime)
  startedAt!: string;

  @Field(() => Int)
  @Read({ expression: { sql: (row) => `coalesce(${row}.duration_ms, 0)`, type: 'integer' } })
  durationMs!: number;

  @Field(() => String, { description: '`DELIVERED`, `RETRY` or `REJECTED`.' })
  outcome!: string;

  @Field(() => Json, { nullable: true })
  @Allow('operator')
  request!: unknown;

  @Field(() => Json, { nullable: true })
  @Allow('operator')
  response!: unknown;

  @Field(() => Int, { nullable: true })
  httpStatus!: number | null;

  @Field(() => String, { nullable: true })
  errorCode!: string | null;

  @Field(() => String, { nullable: true })
  errorMessage!: string | null;
}

/** Whoever looks while a first try has failed sees that, whether or not there is a second one. */
const retryCountOf = (row: string) => `case ${row}.status when 'RETRYING' then ${row}.attempt_count
  when 'FAILED' then greatest(${row}.attempt_count - 1, least(${row}.attempt_count, 1))
  else greatest(${row}.attempt_count - 1, 0) end`;

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'One intended effect, in one direction, on one entity. `entityId` is the id that the entity’s own query takes.',
})
@Allow('viewer', 'viewStatus')
export class SyncEvent extends Node {
  @Field(() => Integration)
  integration!: Integration;

  @Field(() => String)
  merchantId!: string;

  @Field(() => EntityType)
  entityType!: EntityType;

  @Field(() => ID)
  entityId!: string;

  @Field(() => String, { nullable: true })
  externalId!: string | null;

  @Field(() => Operation)
  operation!: Operation;

  @Field(() => Direction)
  direction!: Direction;

  @Field(() => SyncEventStatus)
  status!: SyncEventStatus;

  @Field(() => Json, { nullable: true })
  @Allow('operator')
  payload!: unknown;

  @Field(() => String, { nullable: true })
  errorCode!: string | null;

  @Field(() => String, { nullable: true })
  errorMessage!: string | null;

  @Field(() => Int, { description: 'Tries after the first, one that is planned included; of a failure 1 at least.' })
  @Read({ expression: { sql: retryCountOf, type: 'integer' } })
  retryCount!: number;

  @Field(() => Int, { description: 'Attempts so far, one under way included.' })
  attemptCount!: number;

  @Field(() => Int)
  maxAttempts!: number;

  @Field(() => DateTime, { nullable: true })
  nextAttemptAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the latest attempt that has ended began.' })
  @Read({
    expression: {
      sql: (row) => `(select max(a.started_at) from sync_attempts a where a.sync_event_id = ${row}.id)`,
      type: 'timestamptz',
      nullable: true,
    },
  })
  lastAttemptAt!: string | null;

  @Field(() => Boolean, { description: 'It waits for the schedule of its integration, or for a person.' })
  @Read({
    expression: {
      sql: (row) =>
        `(${row}.status = 'PENDING' and exists (select from lanes l where l.id = ${row}.lane_id and l.due = 'infinity'))`,
      type: 'boolean',
    },
  })
  held!: boolean;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => String, { nullable: true, description: 'The W3C trace that caused it; its calls upstream carry it on.' })
  traceparent!: string | null;

  @Field(() => [SyncAttempt])
  attempts!: SyncAttempt[];

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime)
  updatedAt!: string;

  @Field(() => DateTime, { nullable: true })
  processedAt!: string | null;
}

export const SyncEventConnection = connectionOf('SyncEvent', () => SyncEvent);

@InputType()
export class SyncEventFilter {
  @Field(() => [SyncEventStatus], { nullable: true })
  // What failed has a code; an index of codes, unlike one of statuses, costs nothing where all goes well.
  @FilterBy((row, arg, isFailed) =>
    isFailed('status')
      ? `${row}.status = 'FAILED' and ${row}.error_code is not null`
      : `${row}.status = any(${arg('status', 'text[]')})`,
  )
  status?: SyncEventStatus[] | null;

  @Field(() => EntityType, { nullable: true })
  entityType?: EntityType | null;

  @Field(() => String, { nullable: true })
  entityId?: string | null;

  @Field(() => ID, { nullable: true })
  integrationId?: string | null;

  @Field(() => Direction, { nullable: true })
  direction?: Direction | null;

  @Field(() => DateTime, { nullable: true })
  createdFrom?: string | null;

  @Field(() => DateTime, { nullable: true })
  createdTo?: string | null;

  @Field(() => String, { nullable: true })
  errorCode?: string | null;
}

@ArgsType()
class SyncEventsArgs extends PageArgs {
  @Field(() => SyncEventFilter, { nullable: true })
  filter?: SyncEventFilter | null;

  @Field(() => String, { nullable: true, description: 'Those of the integrations that use it.' })
  connector?: string | null;
}

@Resolver(() => SyncEvent)
export class SyncEventQueries {
  @Allow('viewer', 'viewStatus')
  @Query(() => SyncEvent, { nullable: true })
  syncEvent(@Arg('id', () => ID) _id: string): SyncEvent | null {
    return planned();
  }

  @Allow('viewer', 'viewStatus')
  @Query(() => SyncEventConnection, { description: 'Newest first.' })
  @Read({
    where: (row, arg) => {
      const connector = arg('connector', 'text');
      if (connector === null) return 'true';
      return `exists (select from integrations i where i.id = ${row}.integration_id and i.connector = ${connector})`;
    },
  })
  syncEvents(@Args(() => SyncEventsArgs) _args: SyncEventsArgs): Connection<SyncEvent> {
    return planned();
  }
}
