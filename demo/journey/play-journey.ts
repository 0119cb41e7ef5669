import type { Systems } from './open-systems.js';
import type { Step } from './steps.js';
import { toBeShipped, toBeStocked } from './steps-back.js';
import { place, toBeInvoiced, toBePaid, toBePlaced } from './steps-out.js';
import { toBeReconciled } from './steps-reconciled.js';

/** What one step came to. */
export interface Seen {
  title: string;
  what: string;
  ms: number;
}

const STEPS: readonly Step[] = [toBePlaced, toBePaid, toBeInvoiced, toBeShipped, toBeStocked, toBeReconciled];

/** Sends one order through every system. @throws Error that names what did not happen */
export async function playJourney(
  systems: Systems,
  onProgress: (title: string, done: number, total: number) => void,
): Promise<Seen[]> {
  const order = await place(systems);
  const seen: Seen[] = [];
  for (const { title, run } of STEPS) {
    onProgress(title, seen.length, STEPS.length);
    const from = performance.now();
    const what = await run(systems, order);
    seen.push({ title, what, ms: performance.now() - from });
  }
  onProgress('The order has arrived everywhere', STEPS.length, STEPS.length);
  return seen;
}
