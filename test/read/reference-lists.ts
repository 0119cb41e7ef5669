import { GraphQLError } from 'graphql';
import { comparable, compare, type Row } from './reference-rows.js';

export type Args = Readonly<Record<string, unknown>>;

/** What tells one list from another. */
export interface ListOrder {
  /** As cursors name it. */
  name: string;
  column: string;
  descending: boolean;
}

const COLUMNS: Readonly<Record<string, string>> = {
  placedAt: 'placed_at',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  issuedAt: 'issued_at',
  occurredAt: 'occurred_at',
  startedAt: 'started_at',
  'totals.grandTotal': 'grand_total',
};

export function listOrder(name: string): ListOrder {
  const [path = '', direction] = name.split(' ');
  return { name, column: COLUMNS[path] ?? path, descending: direction === 'desc' };
}

function refuse(code: string): GraphQLError {
  return new GraphQLError('refused', { extensions: { code } });
}

export function encodeCursor(row: Row, order: ListOrder): string {
  const keys = order.column === 'id' ? [row['id']] : [row[order.column], row['id']];
  return Buffer.from([order.name, ...keys].join('|')).toString('hex');
}

function decodeCursor(cursor: string, order: ListOrder, numeric: boolean): Row {
  const text = Buffer.from(cursor, 'hex').toString();
  if (!text.startsWith(`${order.name}|`)) throw refuse('CURSOR_INVALID');
  const keys = text.slice(order.name.length + 1);
  const bar = keys.lastIndexOf('|');
  const id = order.column === 'id' ? keys : keys.slice(bar + 1);
  if ((bar < 0 && order.column !== 'id') || (numeric && !/^\d+$/.test(id))) throw refuse('CURSOR_INVALID');
  return { id, [order.column]: order.column === 'id' ? id : keys.slice(0, bar) };
}

function compareRows(order: ListOrder, left: Row, right: Row): number {
  const sign = order.descending ? -1 : 1;
  const by = (column: string) => compare(comparable(column, left[column]), comparable(column, right[column]));
  return sign * (by(order.column) || by('id'));
}

/** A page of a list, by Relay's rules read plainly: sort, cut at the cursors, cut to size. */
export function connectionOf(
  rows: readonly Row[],
  args: Args,
  order: ListOrder,
  explicitFirst: boolean,
  numeric: boolean,
) {
  const [first, last] = [args['first'] as number | null | undefined, args['last'] as number | null | undefined];
  for (const size of [first, last]) {
    if (typeof size === 'number' && (size < 0 || size > 100)) throw refuse('BAD_USER_INPUT');
  }
  if (typeof last === 'number' && typeof first === 'number' && explicitFirst) throw refuse('BAD_USER_INPUT');
  const cursors = ['after', 'before'].map((side) =>
    typeof args[side] === 'string' ? decodeCursor(args[side], order, numeric) : null,
  );
  const [after, before] = cursors;
  const within = rows
    .toSorted((left, right) => compareRows(order, left, right))
    .filter(
      (row) => (!after || compareRows(order, row, after) > 0) && (!before || compareRows(order, row, before) < 0),
    );
  const backward = typeof last === 'number';
  const size = (backward ? last : first) ?? 50;
  const page = backward ? within.slice(Math.max(0, within.length - size)) : within.slice(0, size);
  const [start, end] = [page[0], page.at(-1)];
  return {
    nodes: page,
    edges: page.map((node) => ({ node, cursor: encodeCursor(node, order) })),
    totalCount: rows.length,
    pageInfo: {
      hasNextPage: backward ? Boolean(before) : within.length > size,
      hasPreviousPage: backward ? within.length > size : Boolean(after),
      startCursor: start ? encodeCursor(start, order) : null,
      endCursor: end ? encodeCursor(end, order) : null,
    },
  };
}
