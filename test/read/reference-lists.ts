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

/** @param order as `placedAt desc` */
export function listOrder(table: string, order: string): ListOrder {
  const [path = '', direction] = order.split(' ');
  return { name: `${table} ${order}`, column: COLUMNS[path] ?? path, descending: direction === 'desc' };
}

function refuse(code: string): GraphQLError {
  return new GraphQLError('refused', { extensions: { code } });
}

/** Times are eight bytes: microseconds since 2000. */
const TIME = /(^|_)at$/;
const EPOCH_MS = BigInt(Date.UTC(2000, 0, 1));

export function encodeCursor(row: Row, { name, column }: ListOrder): string {
  const start = Buffer.from(`${name}|`);
  const id = Buffer.from(String(row['id']));
  if (column === 'id') return Buffer.concat([start, id]).toString('hex');
  if (!TIME.test(column)) return Buffer.concat([start, Buffer.from(`${row[column]}|`), id]).toString('hex');
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(microsOf(String(row[column])));
  return Buffer.concat([start, time, id]).toString('hex');
}

/** `2026-01-01 10:00:00.123456+00` */
function microsOf(time: string): bigint {
  const [, seconds = '', digits = ''] = /^([^.+]+)(?:\.(\d+))?\+00$/.exec(time) ?? [];
  return (BigInt(Date.parse(`${seconds.replace(' ', 'T')}Z`)) - EPOCH_MS) * 1000n + BigInt(digits.padEnd(6, '0'));
}

function timeOf(micros: bigint): string {
  const second = new Date(Number(micros / 1_000_000n) * 1000 + Number(EPOCH_MS)).toISOString().slice(0, 19);
  return `${second.replace('T', ' ')}.${String(micros % 1_000_000n).padStart(6, '0')}+00`;
}

function decodeCursor(cursor: string, { name, column }: ListOrder, numeric: boolean): Row {
  const bytes = Buffer.from(cursor, 'hex');
  if (!bytes.toString().startsWith(`${name}|`)) throw refuse('CURSOR_INVALID');
  const keys = bytes.subarray(name.length + 1);
  const bar = column === 'id' ? 0 : TIME.test(column) ? 8 : keys.lastIndexOf('|');
  const id = keys.toString('utf8', column === 'id' || TIME.test(column) ? bar : bar + 1);
  if (bar < 0 || (numeric && !/^\d+$/.test(id))) throw refuse('CURSOR_INVALID');
  if (column === 'id') return { id };
  return { id, [column]: TIME.test(column) ? timeOf(keys.readBigInt64BE()) : keys.toString('utf8', 0, bar) };
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
