import { type Columns, FIELDS, plain, type Table } from './fields.js';

const SHORTEST_NAME = 4;
const MOST_HINTS = 20;

/** Headers that are one slip away from a known one whose field the file lacks, in words. */
export function hintsOf<Of extends Table>(table: Of, headers: readonly string[], found: Columns<Of>): string[] {
  const known = Object.entries<readonly string[]>(FIELDS[table])
    .filter(([field]) => !(found as Map<string, unknown>).has(field))
    .flatMap(([field, names]) => [field, ...names].map((name) => ({ name, plain: plain(name) })));
  const hints = headers.slice(0, 1000).flatMap((header) => {
    const meant = known.find((one) => isNear(plain(header), one.plain));
    return meant ? [`${header} looks like ${meant.name}`] : [];
  });
  return hints.slice(0, MOST_HINTS);
}

/** One letter more, fewer or other, or two that changed places. */
function isNear(a: string, b: string): boolean {
  if (a === b || Math.min(a.length, b.length) < SHORTEST_NAME || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [x, y] = [a.slice(start), b.slice(start)];
  if (x.slice(1) === y || x === y.slice(1) || x.slice(1) === y.slice(1)) return true;
  return x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2);
}
