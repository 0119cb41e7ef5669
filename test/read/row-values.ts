import type { Random } from './random.js';

export type Row = Record<string, unknown>;

export const TEXTS = [
  'plain',
  'Ayşe & Söhne',
  'quote " and \\ slash',
  'line\nbreak',
  'שלום עולם',
  '🙂 emoji',
  '',
  "it's",
];
export const AMOUNTS = ['0', '0.1', '19.90', '199.98', '0.3333', '12345678901234567.89', '-5.00'];
export const DOCUMENTS = [null, {}, { a: [1, 2.5, 'x'] }, 'text', 7, { big: '9007199254740993', deep: { null: null } }];
export const INTEGRATIONS = ['b2b-portal', 'int-2', 'int-3'];

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

export function id(prefix: string, n: number): string {
  return `${prefix}_${String(n).padStart(4, '0')}`;
}

/** Few distinct times, some with microseconds, so that sort keys repeat. */
export function time(random: Random): string {
  const day = String(1 + random.int(9)).padStart(2, '0');
  return `2026-01-${day}T10:00:00${random.pick(['', '.5', '.123456', '.000001'])}Z`;
}

export function orNull<T>(random: Random, value: T): T | null {
  return random.chance(0.3) ? null : value;
}

export function merchantOf(n: number): string {
  return n % 3 === 2 ? 'm2' : 'm1';
}
