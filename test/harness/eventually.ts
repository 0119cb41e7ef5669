import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 20;

/**
 * Asks until the answer is wanted, and answers it.
 * @throws Error with the last answer after `timeoutMs`
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`Not in time; the last answer was ${JSON.stringify(answer)}`);
    await sleep(PAUSE_MS);
  }
}
