import { setTimeout as sleep } from 'node:timers/promises';
import type { Systems } from './open-systems.js';

/** One step of the order's way: what happens, and what is seen of it afterwards. */
export interface Step {
  title: string;
  /** Answers what was seen, at whom, in a few short lines. */
  run(systems: Systems, order: JourneyOrder): Promise<string>;
}

/** The order that travels. */
export interface JourneyOrder {
  id: string;
  number: string;
}

const PATIENCE_MS = 60_000;
const POLL_MS = 100;

/** Asks until the answer is there. @throws Error that names what did not happen */
export async function until<T>(what: string, ask: () => Promise<T | null | undefined | false>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`It did not happen in ${PATIENCE_MS / 1000} s: ${what}`);
    await sleep(POLL_MS);
  }
}

/** Runs a mutation. @throws Error with its first user error */
export async function mutate<T extends { userErrors: { message: string }[] }>(
  { user }: Systems,
  call: string,
  selection: string,
  variables: [type: string, value: unknown],
): Promise<T> {
  const query = `mutation ($input: ${variables[0]}!) { payload: ${call} { ${selection} userErrors { message } } }`;
  const { payload } = await user.ask<{ payload: T }>(query, { input: variables[1] });
  if (payload.userErrors[0]) throw new Error(payload.userErrors[0].message);
  return payload;
}

interface Shown {
  status: string;
  trackingNumbers: string[];
  links: { state: string; externalId: string | null; integration: { connector: string } }[];
}

/** The order as the hub shows it. */
async function showOrder({ user }: Systems, id: string): Promise<Shown> {
  const { order } = await user.ask<{ order: Shown }>(
    'query ($id: ID!) { order(id: $id) { status trackingNumbers links { state externalId integration { connector } } } }',
    { id },
  );
  return order;
}

/** The order's id in one system, once it is there. */
export function externalIdAt(systems: Systems, { id }: JourneyOrder, connector: string): Promise<string> {
  return until(`the order is synced to ${connector}`, async () => {
    const { links } = await showOrder(systems, id);
    return links.find((link) => link.integration.connector === connector && link.state === 'SYNCED')?.externalId;
  });
}

/** Waits for a status of the order in the hub. */
export function untilStatus(systems: Systems, { id }: JourneyOrder, ...wanted: string[]): Promise<Shown> {
  return until(`the order is ${wanted.join(' or ')}`, async () => {
    const order = await showOrder(systems, id);
    return wanted.includes(order.status) && order;
  });
}
