import { Ctx, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type * as flow from '../../src/flow/watching/read-health.js';
import { Health } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import type { HubContext } from '../context.js';
import { Read } from '../planned.js';
import { DateTime } from '../scalars.js';
import { InstanceLoad } from './system-load.js';

type Components = flow.SystemHealth['components'];

@ObjectType({ simpleResolvers: true })
export class DatabaseHealth {
  @Field(() => Health)
  health!: Health;

  @Field(() => Int)
  latencyMs!: number;

  @Field(() => Int, { description: 'Sessions of all instances.' })
  connections!: number;
}

@ObjectType({ simpleResolvers: true })
export class QueueHealth {
  @Field(() => Int)
  active!: number;

  @Field(() => Int)
  retrying!: number;

  @Field(() => Int)
  deadLetters!: number;

  @Field(() => Float, { description: 'How long the most overdue work has been waiting for a worker.' })
  overdueMs!: number;
}

@ObjectType({ simpleResolvers: true })
export class JobsHealth {
  @Field(() => Health, { description: 'DEGRADED: the last run of one failed, or one is overdue.' })
  health!: flow.JobsHealth['health'];

  @Field(() => Int)
  total!: number;

  @Field(() => Int)
  running!: number;

  @Field(() => Int)
  paused!: number;

  @Field(() => [String], { description: 'Whose last run failed, or whose instance died.' })
  failed!: string[];

  @Field(() => [String], { description: 'Those that should have run a minute ago.' })
  overdue!: string[];
}

@ObjectType({ simpleResolvers: true })
export class DispatcherHealth {
  @Field(() => Health, { description: 'DOWN: nothing is sent.' })
  health!: flow.DispatcherHealth['health'];

  @Field(() => Int, { description: 'That send.' })
  instances!: number;
}

@ObjectType({ simpleResolvers: true, description: 'All integrations of one connector.' })
export class UpstreamHealth implements flow.UpstreamHealth {
  @Field(() => String)
  connector!: string;

  @Field(() => Health, { description: 'The worst of its integrations.' })
  health!: Health;

  @Field(() => Int)
  integrations!: number;

  @Field(() => Int)
  openCircuits!: number;

  @Field(() => DateTime, { nullable: true, description: 'Of the one not checked for longest; null: one never was.' })
  checkedAt!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class HealthComponents {
  @Field(() => DatabaseHealth)
  database!: Components['database'];

  @Field(() => QueueHealth)
  queue!: Components['queue'];

  @Field(() => JobsHealth)
  jobs!: Components['jobs'];

  @Field(() => DispatcherHealth)
  dispatcher!: Components['dispatcher'];

  @Field(() => [InstanceLoad], { description: 'Memory and processor of those that have reported within a minute.' })
  instances!: InstanceLoad[];

  @Field(() => [UpstreamHealth])
  upstreams!: UpstreamHealth[];
}

@ObjectType({ simpleResolvers: true, description: 'The hub and everything that it depends on, as `/health` tells it.' })
export class SystemHealth {
  @Field(() => Health, { description: 'HEALTHY or DEGRADED.' })
  status!: flow.SystemHealth['status'];

  @Field(() => String, { description: '`starting`, `ready` or `draining`: the instance that answers.' })
  phase!: flow.Phase;

  @Field(() => Int)
  uptimeSeconds!: number;

  @Field(() => HealthComponents)
  components!: HealthComponents;
}

@Resolver()
export class SystemHealthQueries {
  @Allow('viewer')
  @Query(() => SystemHealth)
  @Read({ js: true })
  systemHealth(@Ctx() { services }: HubContext): Promise<SystemHealth> {
    return services.readHealth();
  }
}
