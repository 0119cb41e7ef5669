import type { Systems } from './open-systems.js';
import type { Step } from './steps.js';
import { toBeShipped, toBeStocked, toBeStockedByOthers } from './steps-back.js';
import { place, toBeInvoiced, toBePaid, toBePlaced } from './steps-out.js';
import { toBeReconciled } from './steps-reconciled.js';

/** What one step came to. */
export interface Seen {
  title: string;
  what: string;
  ms: number;
}

const STEPS: readonly Step[] = [
  toBePlaced,
  toBePaid,
  toBeInvoiced,
  toBeShipped,
  toBeStocked,
  toBeStockedByOthers,
  toBeReconciled,
];

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

/** What people were told, and how. */
export interface Message {
  subject: string;
  recipients: string[];
  status: string;
}

/** The hub's outbox of messages; with no channel on, all of them are kept there. */
export async function readMessages({ user }: Systems): Promise<Message[]> {
  const { notifications } = await user.ask<{ notifications: { nodes: Message[] } }>(
    '{ notifications(first: 50) { nodes { subject recipients status } } }',
  );
  return notifications.nodes.reverse();
}
