import type { Environment } from './read-variables.js';

/** Names shorter than this are near to too many others. */
const SHORTEST_NAME = 6;
/** A name this near to one of ours is taken for a slip. */
const NEAR = 2;

/** A warning for each variable that is set and seems to be one of ours with a slip in its name. */
export function warnOfMisspelt(env: Environment, known: readonly string[], prefixes: readonly string[]): string[] {
  return Object.keys(env)
    .filter((name) => env[name] && !known.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, known);
      if (meant) return [`${name} is set but not known: did you mean ${meant}?`];
      const prefix = prefixes.find((one) => name.startsWith(one));
      return prefix
        ? [`${name} is set but not known. Known are ${known.filter((one) => one.startsWith(prefix)).join(', ')}.`]
        : [];
    });
}

function nearest(name: string, known: readonly string[]): string | null {
  if (name.length < SHORTEST_NAME) return null;
  const ranked = known
    .filter((one) => one.length >= SHORTEST_NAME)
    .map((one) => ({ one, distance: distanceOf(name.toUpperCase(), one) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return ranked && ranked.distance <= NEAR ? ranked.one : null;
}

/** Letters to insert, remove or replace (Levenshtein). */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}
