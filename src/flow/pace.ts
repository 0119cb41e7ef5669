import { setTimeout as sleep } from 'node:timers/promises';

const DEFAULT_PER_SECOND = 50;

/** Waits before each question, so that deliveries keep the other half of what the upstream allows. */
export function createPace(ratePerSecond: number | null): () => Promise<void> {
  const intervalMs = 2000 / (ratePerSecond ?? DEFAULT_PER_SECOND);
  let next = performance.now();
  return async () => {
    const waitMs = next - performance.now();
    next = Math.max(next, performance.now()) + intervalMs;
    if (waitMs > 0) await sleep(waitMs);
  };
}
