import { type DocumentNode, parse } from 'graphql';
import type { HubContext } from '../../../schema/context.js';
import { HubError } from '../../errors.js';
import { runOrThrow } from './run-or-throw.js';

/** A list of the schema of which one page is read, while the pages before it are only passed. */
export interface ListOf {
  rows: DocumentNode;
  passing: DocumentNode;
}

export interface Listed<Row> {
  totalCount: number;
  nodes: Row[];
  pageInfo: { endCursor: string | null; hasNextPage: boolean };
}

/** Where to read: the page of a number, or what follows a cursor. */
export interface WantedPage {
  filter: Record<string, unknown>;
  page: number;
  limit: number;
  after?: string | undefined;
}

/** Rows that are walked over in one step on the way to a page. */
const STEP = 100;
/** At a millisecond a step this is a second. */
const MOST_PASSED = 100_000;
const TOO_FAR = `A page begins within the first ${MOST_PASSED} rows: narrow the list by a filter.`;

/** @param name of its operations. @param filter the name of its filter's type. @param row what is selected of each. */
export function listOf(name: string, root: string, filter: string, row: string): ListOf {
  const read = (operation: string, parts: string) =>
    parse(`query ${operation}($filter: ${filter}, $first: Int!, $after: Cursor) {
  list: ${root}(filter: $filter, first: $first, after: $after) { ${parts} pageInfo { endCursor hasNextPage } } }`);
  return { rows: read(name, `totalCount nodes { ${row} }`), passing: read(`${name}Pass`, '') };
}

/** The schema's lists go by cursors: rows before the page are walked over. @throws HubError BAD_USER_INPUT for a page too far on */
export async function readPage<Row>(
  context: HubContext,
  list: ListOf,
  { filter, page, limit, after: start }: WantedPage,
): Promise<Listed<Row>> {
  const read = async (document: DocumentNode, first: number, after: string | null) =>
    (await runOrThrow<{ list: Listed<Row> }>(context, document, { filter, first, after })).list;
  let after = start ?? null;
  const before = (page - 1) * limit;
  for (let passed = 0; passed < before; passed += STEP) {
    if (passed >= MOST_PASSED) throw new HubError('BAD_USER_INPUT', TOO_FAR, { path: ['page'] });
    const { pageInfo }: Listed<Row> = await read(list.passing, Math.min(before - passed, STEP), after);
    after = pageInfo.endCursor ?? after;
    if (!pageInfo.hasNextPage) break;
  }
  return read(list.rows, limit, after);
}
