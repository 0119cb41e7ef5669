import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type { PulledPage, PullRequest, RowProblem } from '../pull.js';
import { problemOf } from '../read-rows.js';
import { toPage } from '../to-page.js';
import { type ListAnswer, recordIdOf, skuOf } from './wire.js';

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
      return parsed.success ? read(parsed.data) : { ...problemOf(parsed.error, one, done + index + 1), ...idsOf(one) };
    });
    yield toPage(rows, made, done);
    done += rows.length;
    if (!next && (next === null || rows.length !== pageSize)) return;
    place = next ? { cursor: next } : { page: String(page + 1) };
  }
}

const idsOf = (row: unknown): Pick<RowProblem, 'sku' | 'externalId'> => ({
  sku: skuOf(row),
  externalId: recordIdOf(row),
});
