import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { pauseJob, resumeJob, runJob } from '../../src/flow/jobs/run-job.js';
import { Allow, everything } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { JobPayload } from '../payloads.js';

type Command = typeof runJob;

@Resolver()
export class JobMutations {
  @Allow('admin', 'manage', everything)
  @Mutation(() => JobPayload, { description: 'Admins. Runs it now, beside its schedule.' })
  runJob(@Arg('name', () => String) name: string, @Ctx() context: HubContext): Promise<JobPayload> {
    return command(context, 'job.run', runJob, name);
  }

  @Allow('admin', 'manage', everything)
  @Mutation(() => JobPayload, { description: 'Admins. Its schedule no longer starts it.' })
  pauseJob(@Arg('name', () => String) name: string, @Ctx() context: HubContext): Promise<JobPayload> {
    return command(context, 'job.pause', pauseJob, name);
  }

  @Allow('admin', 'manage', everything)
  @Mutation(() => JobPayload, { description: 'Admins.' })
  resumeJob(@Arg('name', () => String) name: string, @Ctx() context: HubContext): Promise<JobPayload> {
    return command(context, 'job.resume', resumeJob, name);
  }
}

function command(context: HubContext, action: string, run: Command, name: string): Promise<JobPayload> {
  return mutate(context, { action, failed: { job: null } }, async (...hub) => {
    await run(...hub, name);
    const jobs = await context.services.jobs.list();
    return { job: jobs.find((job) => job.name === name) ?? null };
  });
}
