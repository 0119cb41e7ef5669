import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type { PulledPage, PullRequest, RowProblem } from '../pull.js';
import { toPage } from '../to-page.js';
import { type ListAnswer, skuOf } from './wire.js';

const LONGEST_VALUE = 200;

/** A list that is read page by page. */
export interface Listing<Wire, Row extends object> {
  list(query: Record<string, string | undefined>): Promise<ListAnswer>;
  shape: z.ZodType<Wire>;
  read(wire: Wire): Row;
  pageSize: number;
}

/**
 * Goes on by the cursor that an answer names, else by page numbers. The document tells of neither, so a server that
 * knows no pages and answers everything each time is noticed by its first row.
 */
export async function* pullPages<Wire, Row extends object>(
  { list, shape, read, pageSize }: Listing<Wire, Row>,
  { since, signal }: PullRequest,
): AsyncGenerator<PulledPage<Row>> {
  const query = { limit: String(pageSize), updated_since: since?.toISOString() };
  let place: Record<string, string> = {};
  let first: unknown;
  for (let page = 1, done = 0; !signal.aborted; page += 1) {
    const { rows, next } = await list({ ...query, ...place });
    if (rows.length === 0 || (page > 1 && isDeepStrictEqual(rows[0], first))) return;
    first = rows[0];
    const made = rows.map((one, index) => {
      const parsed = shape.safeParse(one);
      return parsed.success ? read(parsed.data) : toProblem(parsed.error, one, done + index + 1);
    });
    yield toPage(rows, made, done);
    done += rows.length;
    if (!next && (next === null || rows.length !== pageSize)) return;
    place = next ? { cursor: next } : { page: String(page + 1) };
  }
}

function toProblem(error: z.ZodError, row: unknown, line: number): RowProblem {
  const [issue] = error.issues;
  const column = issue?.path.join('.') ?? '';
  const value = (row as Record<string, unknown> | null)?.[column];
  const text = typeof value === 'string' ? value : (JSON.stringify(value ?? null) ?? '');
  const rule = issue?.message ?? 'a row of the documented shape';
  return { line, column, value: text.slice(0, LONGEST_VALUE), rule, sku: skuOf(row) };
}
