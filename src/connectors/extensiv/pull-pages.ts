import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type { PulledPage, PullRequest, RowProblem } from '../pull.js';
import { endWhereRefused, mayHaveMore } from '../upstream/may-have-more.js';
import { problemOf } from '../upstream/read-rows.js';
import { toPage } from '../upstream/to-page.js';
import { type ListAnswer, recordIdOf, skuOf } from './wire.js';

/** A list that is read page by page. */
export interface Listing<Wire, Row extends object> {
  list(query: Record<string, string | undefined>): Promise<ListAnswer>;
  shape: z.ZodType<Wire>;
  read(wire: Wire): Row;
  pageSize: number;
}

const NOTHING: ListAnswer = { rows: [] };

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
  let wasFull = false;
  for (let page = 1, done = 0; !signal.aborted; page += 1) {
    const asked = list({ ...query, ...place });
    const { rows, next }: ListAnswer = await (place['page'] ? asked.catch(endWhereRefused(NOTHING, wasFull)) : asked);
    const before = first;
    first = whichOf(rows[0]);
    wasFull = rows.length === pageSize;
    if (rows.length === 0 || (page > 1 && isDeepStrictEqual(first, before))) return;
    const made = rows.map((one, index) => {
      const parsed = shape.safeParse(one);
      return parsed.success ? read(parsed.data) : { ...problemOf(parsed.error, one, done + index + 1), ...idsOf(one) };
    });
    yield toPage(rows, made, done);
    done += rows.length;
    if (!next && (next === null || !mayHaveMore(rows.length, pageSize))) return;
    place = next ? { cursor: next } : { page: String(page + 1) };
  }
}

/** What a row is about; what has a name of neither kind is the row itself. */
function whichOf(row: unknown): unknown {
  const { sku, externalId } = idsOf(row);
  return sku || externalId ? { sku, externalId, warehouse: (row as { warehouse?: unknown }).warehouse } : row;
}

const idsOf = (row: unknown): Pick<RowProblem, 'sku' | 'externalId'> => ({
  sku: skuOf(row),
  externalId: recordIdOf(row),
});
