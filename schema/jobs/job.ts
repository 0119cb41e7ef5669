import { Ctx, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { JobState } from '../../src/flow/jobs/job-runner.js';
import { Allow } from '../allow.js';
import type { HubContext } from '../context.js';
import { Read } from '../planned.js';
import { DateTime } from '../scalars.js';

@ObjectType({ simpleResolvers: true, description: 'Recurring work of the hub. Events are never jobs.' })
export class Job implements JobState {
  @Field(() => String)
  name!: string;

  @Field(() => String, { description: 'What it does.' })
  title!: string;

  @Field(() => String, { description: 'Cron, in UTC.' })
  schedule!: string;

  @Field(() => Boolean)
  paused!: boolean;

  @Field(() => Boolean)
  running!: boolean;

  @Field(() => DateTime, { nullable: true })
  lastStartedAt!: Date | null;

  @Field(() => DateTime, { nullable: true })
  lastFinishedAt!: Date | null;

  @Field(() => String, { nullable: true, description: '`OK`, `FAILED`, or `ABANDONED` by an instance that died.' })
  lastOutcome!: JobState['lastOutcome'];

  @Field(() => String, { nullable: true })
  lastError!: string | null;

  @Field(() => Int, { nullable: true })
  lastDurationMs!: number | null;

  @Field(() => Int, { nullable: true, description: 'Percent, of the present run or the last one.' })
  progress!: number | null;

  @Field(() => DateTime, { nullable: true, description: 'Null while it is paused.' })
  nextRunAt!: Date | null;
}

@Resolver()
export class JobQueries {
  @Allow('operator')
  @Query(() => [Job])
  @Read({ js: true })
  jobs(@Ctx() context: HubContext): Promise<Job[]> {
    return context.services.jobs.list();
  }
}
