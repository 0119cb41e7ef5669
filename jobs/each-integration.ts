import { HubError } from '../src/errors.js';
import type { OpenIntegration } from '../src/flow/integrations/open-integration.js';
import type { Services } from '../src/flow/services.js';
import type { JobRun } from './define.js';

const AT_ONCE = 4;

/**
 * Does the work for every enabled integration, a few at once; one that fails holds up no other.
 * @throws HubError with the first one's code, naming all that failed, after the others are done
 */
export async function eachIntegration(
  services: Services,
  run: JobRun,
  work: (integration: OpenIntegration) => Promise<void>,
): Promise<void> {
  const integrations = (await services.integrations.all()).filter(({ enabled }) => enabled);
  const waiting = [...integrations];
  const failures: { id: string; error: HubError }[] = [];
  let done = 0;
  const worker = async () => {
    for (let next = waiting.shift(); next && !run.signal.aborted; next = waiting.shift()) {
      const { id } = next;
      await work(next).catch((error) => failures.push({ id, error: expected(error, run, id) }));
      done += 1;
      run.progress((100 * done) / integrations.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const [first] = failures;
  if (!first) return;
  const reasons = failures.map(({ id, error }) => `${id} (${error.code}: ${error.message})`).join('; ');
  throw new HubError(first.error.code, `${failures.length} of ${integrations.length} failed: ${reasons}`);
}

function expected(error: unknown, run: JobRun, integrationId: string): HubError {
  const { code, httpStatus } = error as { code?: unknown; httpStatus?: unknown };
  run.log.error({ err: error, integrationId, attempt: 1, code, httpStatus }, 'job failed for an integration');
  if (error instanceof HubError) return error;
  return new HubError('INTERNAL', "the hub's log has the reason");
}
