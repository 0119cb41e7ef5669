import { isDeepStrictEqual } from 'node:util';

/** One field that two values do not have in common; what a side lacks is null. */
export interface Difference {
  path: string;
  before: unknown;
  after: unknown;
}

const MOST = 50;

/** The leaves in which two JSON values differ, by path, at most 50. */
export function findDifferences(before: unknown, after: unknown, path = ''): Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [a, b] = [childrenOf(before), childrenOf(after)];
  if (!a || !b) return [{ path, before: before ?? null, after: after ?? null }];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const isList = Array.isArray(after);
  const nameOf = (name: string) => (isList ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`);
  return names.flatMap((name) => findDifferences(a[name], b[name], nameOf(name))).slice(0, MOST);
}

function childrenOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}
