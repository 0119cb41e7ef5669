import type { FieldNode, GraphQLObjectType } from 'graphql';
import { writeObject } from './members.js';
import type { Noun } from './nouns.js';
import type { Page } from './page.js';
import { writeCursor } from './page-cursor.js';
import type { Site, Values } from './parameters.js';
import { type Field, type Fields, objectTypeOf, type Planning, subfields } from './planning.js';
import { orderSql, type TotalOrder } from './sort.js';
import { concat, type Piece } from './sql-text.js';

/** One connection while it is written. */
export interface Listing {
  planning: Planning;
  noun: Noun;
  type: GraphQLObjectType;
  node: GraphQLObjectType;
  /** Alias of a row. Where `wanted.ends`, the page as one row of arrays is `<row>p`. */
  row: string;
  site: Site;
  args: Values;
  page: Page;
  order: TotalOrder;
  /** Which parts of the connection need rows, the page's first or last one, and one row more than the page. */
  wanted: { rows: boolean; ends: boolean; more: boolean };
  /** Where `wanted.ends`: the page's columns `c0`, `c1`, …, each an array of something that is said of a row. */
  gathered: string[];
}

/** Writes the connection's fields over its rows, or over the page that {@link gatherPage} makes of them. `count`: SQL of how many there are. */
export function writeBody(listing: Listing, fields: Fields, count: string): Piece[] {
  const { planning, node, row } = listing;
  return writeObject(planning, listing.type, fields, (field, nodes) => {
    if (field.name === 'nodes') return rowsOf(listing, planning.writeRow(node, nodes, row));
    if (field.name === 'edges') return rowsOf(listing, writeEdge(listing, field, nodes));
    if (field.name === 'pageInfo') return writePageInfo(listing, field, nodes);
    return field.name === 'totalCount' ? [{ sql: count }] : null;
  });
}

function writeEdge(listing: Listing, field: Field, nodes: readonly FieldNode[]): Piece[] {
  const { planning, node, order, row } = listing;
  const type = objectTypeOf(field.type);
  return writeObject(planning, type, subfields(planning, type, nodes), (inner, of) => {
    if (inner.name === 'cursor') return writeCursor(order, (key) => `${row}.${key.sql}`);
    return inner.name === 'node' ? planning.writeRow(node, of, row) : null;
  });
}

function rowsOf(listing: Listing, item: readonly Piece[]): Piece[] {
  const { row, page, wanted } = listing;
  const text = concat(item);
  if (!wanted.ends) return ['[', { sql: `coalesce(string_agg(${text},',' ${sorted(listing)}),'')` }, ']'];
  const numbered = wanted.more && isCostly(text);
  const column = gather(listing, text, numbered ? ` filter (where ${row}.rn <= ${page.size})` : '');
  const within = wanted.more && !numbered ? `[${firstOf(listing)}:${lastOf(listing)}]` : '';
  return ['[', { sql: `coalesce(array_to_string(${column}${within},','),'')` }, ']'];
}

/** An array over the rows that are read, in the list's order. */
function gather(listing: Listing, sql: string, filter = ''): string {
  listing.gathered.push(`array_agg(${sql} ${sorted(listing)})${filter}`);
  return `${listing.row}p.c${listing.gathered.length - 1}`;
}

/**
 * SQL of the page as one row: how many rows were read, and what was gathered of them. By arrays, since numbering the rows
 * costs more than all else of a page; they are numbered only so that an item with reads of its own is not written for the
 * row beyond the page.
 */
export function gatherPage({ gathered }: Listing): string {
  return ['count(*)::int n', ...gathered.map((sql, place) => `${sql} c${place}`)].join(',');
}

const isCostly = (item: string) => item.includes('(select ');

/** In the list's order, whichever end the page is read from. */
const sorted = ({ order, row }: Listing) => `order by ${orderSql(order, row, false)}`;

/** Places of the page's first and last row among those that were read: the one beyond the page stands at the far end. */
function firstOf({ row, page, wanted }: Listing): string {
  return wanted.more && page.backward ? `greatest(1,${row}p.n+1-${page.size})` : '1';
}

function lastOf({ row, page, wanted }: Listing): string {
  return wanted.more && !page.backward ? `least(${page.size},${row}p.n)` : `${row}p.n`;
}

function writePageInfo(listing: Listing, field: Field, nodes: readonly FieldNode[]): Piece[] {
  const { planning, page, row } = listing;
  const type = objectTypeOf(field.type);
  return writeObject(planning, type, subfields(planning, type, nodes), ({ name }) => {
    if (name === 'startCursor') return [cursorAt(listing, firstOf(listing))];
    if (name === 'endCursor') return [cursorAt(listing, lastOf(listing))];
    if (name === (page.backward ? 'hasPreviousPage' : 'hasNextPage')) {
      return [{ sql: `case when ${row}p.n > ${page.size} then 'true' else 'false' end` }];
    }
    return [String(page.backward ? page.before : page.after)];
  });
}

function cursorAt(listing: Listing, place: string): Piece {
  if (listing.page.size === 0) return 'null';
  const cursor = writeCursor(listing.order, (key) => `${gather(listing, `${listing.row}.${key.sql}`)}[${place}]`);
  return { sql: `coalesce(${concat(cursor)},'null')` };
}
