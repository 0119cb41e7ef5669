import { timingSafeEqual } from 'node:crypto';

/** Whether two texts (signatures, keys) are the same, told in a time that gives away nothing but their lengths. */
export function isSameSecret(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
