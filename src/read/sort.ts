import { getNamedType, isEnumType } from 'graphql';
import type { Column, Noun, Sort } from './nouns.js';
import type { Values } from './parameters.js';
import { type Field, ruleOf } from './planning.js';

/** A total order of a noun's rows: all keys in one direction, the identity last. */
export interface TotalOrder {
  /** Stands in cursors, with the table: a cursor is of no use in another list. */
  name: string;
  keys: readonly Column[];
  descending: boolean;
  /** The one that the list has unasked, or its reverse: an index has it. */
  isDefault: boolean;
}

/** The order that a list's arguments ask for, else that of its rule, else newest first by identity. */
export function orderOf(field: Field, noun: Noun, args: Values): TotalOrder {
  const first = firstOrderOf(field);
  const asked = args['orderBy'] ?? first;
  const [path, direction] = typeof asked === 'string' ? asked.split(' ') : (ruleOf(field).order?.[0] ?? []);
  const isDefault = asked === first || (typeof first === 'string' && path === first.split(' ')[0]);
  const descending = (direction ?? 'desc') === 'desc';
  const column = path === undefined ? undefined : sortColumn(noun, path);
  const keys = column && column.sql !== noun.identity[0]?.sql ? [column, ...noun.identity] : noun.identity;
  const name = `${noun.table} ${path ?? 'id'} ${descending ? 'desc' : 'asc'}`;
  return { name, keys, descending, isDefault };
}

/** `a.placed_at desc, a.id desc`; `reversed` for pages that are read from the end. */
export function orderSql(order: TotalOrder, row: string, reversed: boolean): string {
  const direction = order.descending === reversed ? '' : ' desc';
  return order.keys.map((key) => `${row}.${key.sql}${direction}`).join(',');
}

/** Order of a relation's rows, made total by the identity. */
export function rowOrder(noun: Noun, sorts: readonly Sort[], row: string): string {
  const sorted = sorts.map(({ column, direction }) => `${row}.${column.sql} ${direction}`);
  return [...sorted, ...noun.identity.map((key) => `${row}.${key.sql}`)].join(',');
}

/** The column of `placedAt` or `totals.grandTotal`. Pages need keys that are never null. */
function sortColumn(noun: Noun, path: string): Column {
  const [name = '', inner] = path.split('.');
  const column = inner === undefined ? noun.columns[name] : noun.embedded[name]?.columns[inner];
  if (!column || column.nullable)
    throw new Error(`${noun.name} cannot be ordered by ${path}: no such column, or nullable`);
  return column;
}

function firstOrderOf(field: Field): unknown {
  const argument = field.args.find((known) => known.name === 'orderBy');
  const type = argument && getNamedType(argument.type);
  return isEnumType(type) ? type.getValues()[0]?.value : undefined;
}
