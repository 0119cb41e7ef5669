import { Arg, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { EntityType } from '../../src/model/statuses.js';
import { checkWithin } from '../../src/read/values.js';
import { Allow } from '../allow.js';
import { planned, Read } from '../planned.js';

const MOST_DAYS = 365;

@ObjectType({ simpleResolvers: true, description: 'Sync events of one type of entity, by what became of them.' })
@Allow('viewer', 'viewStatus')
export class SyncStatistics {
  @Field(() => EntityType)
  entityType!: EntityType;

  @Field(() => Int, { description: 'Waiting or being sent for the first time.' })
  pending!: number;

  @Field(() => Int)
  success!: number;

  @Field(() => Int)
  failed!: number;

  @Field(() => Int)
  retrying!: number;

  @Field(() => Int, { description: 'Ended without being sent; not in the total.' })
  skipped!: number;

  @Field(() => Int, { description: 'Pending, success, failed and retrying.' })
  total!: number;
}

@Resolver()
export class StatisticsQueries {
  @Allow('viewer', 'viewStatus')
  @Query(() => [SyncStatistics], { description: 'Over the sync events that were accepted in the last days, 1 to 365.' })
  @Read({
    order: [['entityType', 'asc']],
    check: ({ days }) => checkWithin('days', days, 1, MOST_DAYS),
    from: (arg, merchant, limits) => `(select entity_type, merchant_id,
 count(*) filter (where status in ('PENDING', 'IN_PROGRESS'))::int pending, count(*) filter (where status = 'SUCCESS')::int success,
 count(*) filter (where status = 'FAILED')::int failed, count(*) filter (where status = 'RETRYING')::int retrying,
 count(*) filter (where status = 'SKIPPED')::int skipped, count(*) filter (where status <> 'SKIPPED')::int total
 from (select ${merchant ?? 'null'}::text merchant_id, entity_type, status from sync_events s
  where created_at > now() - make_interval(days => ${arg('days', 'integer') ?? '30'})
  ${merchant === null ? '' : `and merchant_id = ${merchant}`} ${usedBy(arg('connector', 'text'))} ${limits('s')}) e group by 1, 2)`,
  })
  syncStatistics(
    @Arg('days', () => Int, { nullable: true, defaultValue: 30 }) _days: number | null,
    @Arg('connector', () => String, { nullable: true, description: 'Those of the integrations that use it.' })
    _connector?: string | null,
  ): SyncStatistics[] {
    return planned();
  }
}

function usedBy(connector: string | null): string {
  return connector === null ? '' : `and integration_id in (select id from integrations where connector = ${connector})`;
}
