import { Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql';
import type { HubContext } from './context.js';
import { Read } from './planned.js';
import { DateTime } from './scalars.js';

@ObjectType({ simpleResolvers: true, description: 'A timer of the hub. Events are never jobs.' })
export class Job {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  description!: string;

  @Field(() => String, { description: 'A cron expression or an interval.' })
  schedule!: string;

  @Field(() => Boolean)
  paused!: boolean;

  @Field(() => Boolean)
  running!: boolean;

  @Field(() => DateTime, { nullable: true })
  lastRunAt!: Date | string | null;

  @Field(() => DateTime, { nullable: true })
  lastFinishedAt!: Date | string | null;

  @Field(() => DateTime, { nullable: true })
  nextRunAt!: Date | string | null;

  @Field(() => String, { nullable: true })
  lastError!: string | null;
}

@Resolver()
export class JobQueries {
  @Query(() => [Job])
  @Read({ role: 'operator', js: true })
  jobs(@Ctx() context: HubContext): Promise<Job[]> {
    return context.listJobs();
  }
}
