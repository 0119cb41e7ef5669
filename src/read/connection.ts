import { type FieldNode, type GraphQLInputObjectType, type GraphQLObjectType, getNamedType } from 'graphql';
import { cursorSql, cursorText, readCursor } from './cursor.js';
import { filterConditions } from './filters.js';
import { writeObject } from './members.js';
import type { Noun } from './nouns.js';
import { checkPage, type Page, pageOf } from './page.js';
import { openSite, parameter, type Site, type Values } from './parameters.js';
import {
  type Field,
  type Fields,
  merchantIs,
  newAlias,
  nodeTypeOf,
  nounOf,
  objectTypeOf,
  type Planning,
  ruleOf,
  subfields,
  whereAll,
} from './planning.js';
import type { Placeholder } from './rules.js';
import { orderOf, orderSql, type TotalOrder } from './sort.js';
import { concat, type Piece } from './sql-text.js';

/** One connection while it is written. */
interface Listing {
  planning: Planning;
  noun: Noun;
  type: GraphQLObjectType;
  node: GraphQLObjectType;
  row: string;
  site: Site;
  args: Values;
  page: Page;
  order: TotalOrder;
  wanted: Wanted;
}

/** Which parts of the connection need rows, row numbers, and one row more than the page. */
interface Wanted {
  rows: boolean;
  numbers: boolean;
  more: boolean;
}

/** Writes a Relay connection; `join` relates its rows to the row around it, `where` is a condition of its own. */
export function writeConnection(
  planning: Planning,
  field: Field,
  nodes: readonly FieldNode[],
  from: { join?: (row: string) => string; deletedHidden?: boolean },
): Piece[] {
  const type = objectTypeOf(field.type);
  const { site, args } = openSite(planning.parameters, field, nodes[0] as FieldNode, planning.variables);
  checkPage(site);
  const node = nodeTypeOf(type);
  const noun = nounOf(planning, node);
  const fields = subfields(planning, type, nodes);
  const page = pageOf(args);
  const row = newAlias(planning);
  const wanted = wantedParts(planning, type, fields, page);
  const listing: Listing = {
    planning,
    noun,
    type,
    node,
    row,
    site,
    args,
    page,
    order: orderOf(field, noun, args),
    wanted,
  };
  checkCursors(listing);
  const selected = new Set([...fields.values()].map(([first]) => first?.name.value));
  const conditions =
    wanted.rows || selected.has('totalCount')
      ? [
          ...merchantIs(planning, noun, row),
          ...(from.join ? [from.join(row)] : []),
          ...(from.deletedHidden && noun.deletedAt ? [`${row}.${noun.deletedAt} is null`] : []),
          ...ownCondition(listing, field),
          ...filters(listing, field),
        ]
      : [];
  const body = writeBody(listing, fields, conditions);
  return wanted.rows ? [{ sql: `(select ${concat(body)} from ${pageSql(listing, conditions)})` }] : body;
}

/** The field's own condition on its rows, from its other arguments. */
function ownCondition({ planning, site, args, row }: Listing, field: Field): string[] {
  const argument: Placeholder = (name, type) =>
    args[name] === null || args[name] === undefined
      ? null
      : parameter(planning.parameters, site, name, type, (values) => values[name]);
  const condition = ruleOf(field).where?.(row, argument);
  return condition === undefined ? [] : [condition];
}

function filters(listing: Listing, field: Field): string[] {
  const argument = field.args.find(({ name }) => name === 'filter');
  const value = listing.args['filter'] as Values | null | undefined;
  if (!argument || !value) return [];
  const read = (args: Values) => args['filter'] as Values | null | undefined;
  const type = getNamedType(argument.type) as GraphQLInputObjectType;
  return filterConditions(listing.planning, listing.site, listing.noun, { type, value, read }, listing.row);
}

function wantedParts(planning: Planning, type: GraphQLObjectType, fields: Fields, page: Page): Wanted {
  const wanted = { rows: false, numbers: false, more: false };
  for (const nodes of fields.values()) {
    const name = nodes[0]?.name.value ?? '';
    if (name === 'edges' || name === 'nodes') wanted.rows = true;
    if (name !== 'pageInfo') continue;
    const infoType = objectTypeOf((type.getFields()['pageInfo'] as Field).type);
    for (const [inner] of subfields(planning, infoType, nodes).values()) {
      const part = inner?.name.value ?? '';
      if (part === 'startCursor' || part === 'endCursor') wanted.numbers = true;
      if (part === (page.backward ? 'hasPreviousPage' : 'hasNextPage')) wanted.more = true;
    }
  }
  wanted.numbers ||= wanted.more;
  wanted.rows ||= wanted.numbers;
  return wanted;
}

/** The page's rows under the listing's alias, numbered as `rn` where somebody needs it. */
function pageSql(listing: Listing, conditions: readonly string[]): string {
  const { row, page, order, noun, wanted } = listing;
  const sorted = orderSql(order, row, page.backward);
  const numbered = wanted.numbers ? `,row_number() over (order by ${sorted}) rn` : '';
  const where = whereAll([...conditions, ...seek(listing, 'after'), ...seek(listing, 'before')]);
  const limit = page.size + (wanted.more ? 1 : 0);
  return `(select ${row}.*${numbered} from ${noun.table} ${row}${where} order by ${sorted} limit ${limit}) ${row}`;
}

/** Rows beyond a cursor. */
function seek(listing: Listing, side: 'after' | 'before'): string[] {
  const { planning, site, page, order, row } = listing;
  if (!page[side]) return [];
  const values = order.keys.map((key, index) =>
    parameter(
      planning.parameters,
      site,
      side,
      key.type,
      (args) => readCursor(String(args[side]), order.name, order.keys)[index],
    ),
  );
  const columns = order.keys.map((key) => `${row}.${key.sql}`);
  return [`(${columns.join(',')}) ${order.descending === (side === 'after') ? '<' : '>'} (${values.join(',')})`];
}

/** A cursor is checked even where no row is read. */
function checkCursors({ site, order }: Listing): void {
  site.checks.push((args) => {
    for (const side of ['after', 'before']) {
      if (typeof args[side] === 'string') readCursor(args[side], order.name, order.keys);
    }
  });
}

function writeBody(listing: Listing, fields: Fields, conditions: readonly string[]): Piece[] {
  const { planning, node, noun, row } = listing;
  return writeObject(planning, listing.type, fields, (field, nodes) => {
    if (field.name === 'nodes') return rowsOf(listing, planning.writeRow(node, nodes, row));
    if (field.name === 'edges') return rowsOf(listing, writeEdge(listing, field, nodes));
    if (field.name === 'pageInfo') return writePageInfo(listing, field, nodes);
    if (field.name !== 'totalCount') return null;
    return [{ sql: `(select count(*) from ${noun.table} ${row}${whereAll(conditions)})` }];
  });
}

function writeEdge(listing: Listing, field: Field, nodes: readonly FieldNode[]): Piece[] {
  const { planning, node, order, row } = listing;
  const type = objectTypeOf(field.type);
  return writeObject(planning, type, subfields(planning, type, nodes), (inner, of) => {
    if (inner.name === 'cursor') return [{ sql: cursorSql(cursorText(order.name, order.keys, row)) }];
    return inner.name === 'node' ? planning.writeRow(node, of, row) : null;
  });
}

function rowsOf(listing: Listing, item: readonly Piece[]): Piece[] {
  const { row, page, order, wanted } = listing;
  const sorted = wanted.numbers ? `${row}.rn${page.backward ? ' desc' : ''}` : orderSql(order, row, false);
  return ['[', { sql: `coalesce(string_agg(${concat(item)},',' order by ${sorted})${withinPage(listing)},'')` }, ']'];
}

function writePageInfo(listing: Listing, field: Field, nodes: readonly FieldNode[]): Piece[] {
  const { planning, page } = listing;
  const type = objectTypeOf(field.type);
  return writeObject(planning, type, subfields(planning, type, nodes), ({ name }) => {
    if (name === 'startCursor') return [endOfPage(listing, page.backward)];
    if (name === 'endCursor') return [endOfPage(listing, !page.backward)];
    if (name === (page.backward ? 'hasPreviousPage' : 'hasNextPage')) {
      return [{ sql: `case when count(*) > ${page.size} then 'true' else 'false' end` }];
    }
    return [String(page.backward ? page.before : page.after)];
  });
}

/** Cursor of the page's first row as it is numbered, or of its last. */
function endOfPage(listing: Listing, last: boolean): Piece {
  const { order, row } = listing;
  const text = cursorText(order.name, order.keys, row);
  const sorted = `${row}.rn${last ? ' desc' : ''}`;
  const end = `(array_agg(${text} order by ${sorted})${withinPage(listing)})[1]`;
  return { sql: `coalesce(${cursorSql(end)},'null')` };
}

function withinPage({ wanted, page, row }: Listing): string {
  return wanted.more ? ` filter (where ${row}.rn <= ${page.size})` : '';
}
