import { type FieldNode, type GraphQLInputObjectType, type GraphQLObjectType, getNamedType } from 'graphql';
import { type Filtered, filterConditions } from './filters.js';
import { gatherPage, type Listing, writeBody } from './listing.js';
import { checkPage, type Page, pageOf } from './page.js';
import { readCursor } from './page-cursor.js';
import { openSite, parameter, type Values } from './parameters.js';
import {
  type Field,
  type Fields,
  newAlias,
  nodeTypeOf,
  nounOf,
  objectTypeOf,
  type Planning,
  ruleOf,
  subfields,
  visible,
  whereAll,
} from './planning.js';
import type { Placeholder } from './rules.js';
import { countFound, isFound, type Search, searchPage } from './search.js';
import { orderOf, orderSql } from './sort.js';
import { columnsIn, concat, type Piece } from './sql-text.js';

interface From {
  /** Relates the rows to the row around them. */
  join?: (row: string) => string;
  deletedHidden?: boolean;
}

/** Which rows a list has. */
interface Rows {
  /** Whose they are, and whether they are there at all. */
  limits: readonly string[];
  /** What is asked of them. */
  conditions: readonly string[];
  search: Search | null;
}

/** Writes a Relay connection. */
export function writeConnection(planning: Planning, field: Field, nodes: readonly FieldNode[], from: From): Piece[] {
  const fields = subfields(planning, objectTypeOf(field.type), nodes);
  const listing = openListing(planning, field, nodes[0] as FieldNode, fields);
  checkCursors(listing);
  const { wanted, row } = listing;
  const rows = wanted.rows || isSelected(fields, 'totalCount') ? rowsOf(listing, field, from) : null;
  const body = writeBody(listing, fields, rows ? countOf(listing, rows) : '0');
  if (!wanted.rows || !rows) return body;
  const text = concat(body);
  const gathered = wanted.ends ? gatherPage(listing) : null;
  const page = pageSql(listing, rows, gathered ?? text);
  return [{ sql: `(select ${text} from ${gathered ? `(select ${gathered} from ${page}) ${row}p` : page})` }];
}

function openListing(planning: Planning, field: Field, selection: FieldNode, fields: Fields): Listing {
  const type = objectTypeOf(field.type);
  const { site, args } = openSite(planning.parameters, field, selection, planning.variables);
  checkPage(site);
  const node = nodeTypeOf(type);
  const noun = nounOf(planning, node);
  const page = pageOf(args);
  const order = orderOf(field, noun, args);
  const wanted = wantedParts(planning, type, fields, page);
  return { planning, noun, type, node, row: newAlias(planning), site, args, page, order, wanted, gathered: [] };
}

function isSelected(fields: Fields, name: string): boolean {
  return [...fields.values()].some(([first]) => first?.name.value === name);
}

function rowsOf(listing: Listing, field: Field, from: From): Rows {
  const { planning, noun, row } = listing;
  const limits = [
    ...visible(planning, noun, row),
    ...(from.join ? [from.join(row)] : []),
    ...(from.deletedHidden && noun.deletedAt ? [`${row}.${noun.deletedAt} is null`] : []),
  ];
  const { conditions, search } = filtered(listing, field);
  const asked = [...ownCondition(listing, field), ...conditions];
  // The rows below one other row are few: each is looked at.
  if (search && from.join) return { limits, conditions: [...asked, isFound(search)], search: null };
  return { limits, conditions: asked, search };
}

function countOf({ noun, row }: Listing, { limits, conditions, search }: Rows): string {
  const all = [...limits, ...conditions];
  return search ? countFound(search, noun, all) : `(select count(*) from ${noun.table} ${row}${whereAll(all)})`;
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

function filtered(listing: Listing, field: Field): Filtered {
  const argument = field.args.find(({ name }) => name === 'filter');
  const value = listing.args['filter'] as Values | null | undefined;
  if (!argument || !value) return { conditions: [], search: null };
  const read = (args: Values) => args['filter'] as Values | null | undefined;
  const type = getNamedType(argument.type) as GraphQLInputObjectType;
  return filterConditions(listing.planning, listing.site, listing.noun, { type, value, read }, listing.row);
}

function wantedParts(planning: Planning, type: GraphQLObjectType, fields: Fields, page: Page): Listing['wanted'] {
  const wanted = { rows: false, ends: false, more: false };
  for (const nodes of fields.values()) {
    const name = nodes[0]?.name.value ?? '';
    if (name === 'edges' || name === 'nodes') wanted.rows = true;
    if (name !== 'pageInfo') continue;
    const infoType = objectTypeOf((type.getFields()['pageInfo'] as Field).type);
    for (const [inner] of subfields(planning, infoType, nodes).values()) {
      const part = inner?.name.value ?? '';
      if (part === 'startCursor' || part === 'endCursor') wanted.ends = true;
      if (part === (page.backward ? 'hasPreviousPage' : 'hasNextPage')) wanted.more = true;
    }
  }
  wanted.ends ||= wanted.more;
  wanted.rows ||= wanted.ends;
  return wanted;
}

/** The page's rows under the listing's alias, with the columns that `reader` names; numbered as `rn` where it asks for that. */
function pageSql(listing: Listing, { limits, conditions, search }: Rows, reader: string): string {
  const { row, page, order, noun, wanted } = listing;
  const sorted = `order by ${orderSql(order, row, page.backward)}`;
  const columns = columnsIn(reader, row).map((column) =>
    column === 'rn' ? `row_number() over (${sorted}) rn` : `${row}.${column}`,
  );
  const within = [...limits, ...seek(listing, 'after'), ...seek(listing, 'before')];
  const size = page.size + (wanted.more ? 1 : 0);
  const rows = { noun, limits: within, conditions, sorted, size, isWalkable: order.isDefault };
  const from = search
    ? `${searchPage(search, { ...rows, columns: columnsIn(`${reader} ${sorted}`, row) })} ${row}`
    : `${noun.table} ${row}${whereAll([...within, ...conditions])}`;
  return `(select ${columns.join(',')} from ${from} ${sorted} limit ${size}) ${row}`;
}

/** Rows beyond a cursor. */
function seek(listing: Listing, side: 'after' | 'before'): string[] {
  const { planning, site, page, order, row } = listing;
  if (!page[side]) return [];
  const values = order.keys.map((key, index) =>
    parameter(planning.parameters, site, side, key.type, (args) => readCursor(String(args[side]), order, side)[index]),
  );
  const columns = order.keys.map((key) => `${row}.${key.sql}`);
  return [`(${columns.join(',')}) ${order.descending === (side === 'after') ? '<' : '>'} (${values.join(',')})`];
}

/** A cursor is checked even where no row is read. */
function checkCursors({ site, order }: Listing): void {
  site.checks.push((args) => {
    for (const side of ['after', 'before']) {
      if (typeof args[side] === 'string') readCursor(args[side], order, side);
    }
  });
}
