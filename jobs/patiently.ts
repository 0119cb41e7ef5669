import { setTimeout as sleep } from 'node:timers/promises';

const AGAIN_AFTER_MS = 500;

/** Does the work, and again whenever it fails, until it is done or the hub stops. Never throws. */
export async function patiently(
  work: () => Promise<void>,
  stopping: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      return await work();
    } catch (error) {
      if (!stopping.aborted) onError(error);
      await sleep(AGAIN_AFTER_MS, undefined, { signal: stopping }).catch(() => {});
    }
  }
}
