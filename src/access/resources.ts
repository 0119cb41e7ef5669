import type { Caller } from './caller.js';

/** What the resources that a token of one system may carry are called, by the right that each gives. */
export type Resources = Readonly<Record<string, string>>;

/**
 * The first resource that the caller's token lacks for a right. Null: it has it, or carries no resource of any system, so
 * that its role alone decides.
 */
export function missingResource({ permissions }: Caller, all: readonly Resources[], right: string): string | null {
  for (const resources of all) {
    const needed = resources[right];
    const isBound = Object.values(resources).some((name) => permissions.includes(name));
    if (isBound && needed !== undefined && !permissions.includes(needed)) return needed;
  }
  return null;
}
