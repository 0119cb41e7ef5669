import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition holds, however long that takes; the test's own timeout ends a wait in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}
