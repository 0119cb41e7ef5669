import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../access/audit-done.js';
import type { Services } from '../services.js';
import type { JobRunner } from './job-runner.js';

/**
 * Asks for a run of a job beside its schedule; answers its name.
 * @throws HubError NOT_FOUND, INVALID_STATE when it runs already, FORBIDDEN
 */
export function runJob(services: Services, caller: Caller, name: string): Promise<string> {
  return command(services, caller, name, 'run');
}

/** Keeps a job's schedule from starting it until it is resumed; answers its name. */
export function pauseJob(services: Services, caller: Caller, name: string): Promise<string> {
  return command(services, caller, name, 'pause');
}

export function resumeJob(services: Services, caller: Caller, name: string): Promise<string> {
  return command(services, caller, name, 'resume');
}

/** Jobs work for every merchant and system, so a caller that is limited to one, or may not manage one, may not command them. */
async function command(
  services: Services,
  caller: Caller,
  name: string,
  verb: Exclude<keyof JobRunner, 'list'>,
): Promise<string> {
  if (caller.merchantId !== null)
    throw new HubError('FORBIDDEN', 'This needs a token that is not limited to a merchant.');
  return services.db.transaction(async (tx) => {
    await services.jobs[verb](tx, name);
    await auditDone(tx, caller, { action: `job.${verb}`, details: { job: name } });
    return name;
  });
}
