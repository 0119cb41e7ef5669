import type { z } from 'zod';
import type { RowProblem } from '../pull.js';

const LONGEST_VALUE = 200;

/** The rows of a page that could be read, and what is wrong with the others. */
export interface ReadRows<Row> {
  read: Row[];
  problems: RowProblem[];
}

/**
 * The rows of a page that have the shape, and what is wrong with the others; `from`: how many rows came before,
 * `idOf`: the upstream's id of a row, whatever else is wrong with it.
 */
export function readRows<Row>(
  rows: readonly unknown[],
  shape: z.ZodType<Row>,
  from: number,
  idOf: (row: unknown) => string | null,
): ReadRows<Row> {
  const read: Row[] = [];
  const problems: RowProblem[] = [];
  for (const [index, row] of rows.entries()) {
    const parsed = shape.safeParse(row);
    if (parsed.success) read.push(parsed.data);
    else problems.push({ ...problemOf(parsed.error, row, from + index + 1), externalId: idOf(row) });
  }
  return { read, problems };
}

/** What is wrong with one field of a product's or a stock's row; `sku` empty: it says that it has none. */
export function problemAt(line: number, column: string, value: unknown, rule: string, sku = ''): RowProblem {
  return { line, column, value: String(value).slice(0, LONGEST_VALUE), rule, sku };
}

/** The first thing that is wrong with a row; `line`: its place, from 1. */
export function problemOf(error: z.ZodError, row: unknown, line: number): RowProblem {
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  const value = path.reduce<unknown>(
    (at, step) => (at as Record<PropertyKey, unknown> | null | undefined)?.[step],
    row,
  );
  const text = typeof value === 'string' ? value : (JSON.stringify(value ?? null) ?? '');
  const rule = issue?.message ?? 'a row of the documented shape';
  return { line, column: path.join('.'), value: text.slice(0, LONGEST_VALUE), rule };
}
