import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { createReader } from '../../src/read/create-reader.js';
import type { Reader } from '../../src/read/reader.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { callerOf, schema } from './reading.js';

/** More than are tried in the list's order, so that a search has to turn to the indexes. Three orders each have the same time. */
const ORDERS = 2_500;

const FILL = `
insert into merchants (id, name) values ('m1', 'One'), ('m2', 'Two');
insert into customers (id, merchant_id, name, email) select 'cus_' || n, 'm1', 'Customer %' || n, case when n % 2 = 0 then 'c' || n || '@example.com' end
  from generate_series(1, 250) n;
insert into orders (id, merchant_id, number, status, currency, customer_id, subtotal, tax, shipping, discount, grand_total, placed_at, updated_at)
  select 'ord_' || lpad(n::text, 5, '0'), case when n % 5 = 0 then 'm2' else 'm1' end, 'SO-' || n, case when n % 100 < 3 then 'PAID' else 'SHIPPED' end, 'EUR',
    case when n % 7 > 0 then 'cus_' || 1 + n % 250 end, 1, 0, 0, 0, 1 + n % 9, '2026-01-01'::timestamptz + (n / 3) * interval '1 minute',
    '2026-02-01'::timestamptz + (n * 7919 % 1000) * interval '1 second'
  from generate_series(1, ${ORDERS}) n;`;

interface OrderRow {
  id: string;
  merchant: string;
  number: string;
  status: string;
  texts: string;
  placed: string;
  updated: string;
}

let db: TestDatabase;
let reader: Reader;
let rows: OrderRow[];
beforeAll(async () => {
  db = await createTestDatabase();
  await db.pool.query(FILL);
  await db.pool.query('analyze');
  reader = createReader({ schema, db });
  const all = `select o.id, o.merchant_id merchant, o.number, o.status, concat_ws(e'\\n', o.number, c.name, c.email) texts, o.placed_at placed, o.updated_at updated
    from orders o left join customers c on c.id = o.customer_id`;
  rows = (await db.pool.query<OrderRow>(all)).rows;
});
afterAll(() => db.drop());

const QUERY =
  parse(`query ($filter: OrderFilter, $orderBy: OrderOrderBy, $first: Int, $last: Int, $after: Cursor, $before: Cursor) {
  orders(filter: $filter, orderBy: $orderBy, first: $first, last: $last, after: $after, before: $before) {
    totalCount
    nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`);

interface Page {
  totalCount: number;
  nodes: { id: string }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
}

async function read(merchantId: string | null, variables: object): Promise<Page> {
  const context = { caller: callerOf({ merchantId }) };
  const { data, errors } = await reader.execute({ document: QUERY, variables: { ...variables }, context });
  expect(errors).toBeUndefined();
  return (JSON.parse(JSON.stringify(data)) as { orders: Page }).orders;
}

/** All pages, one after the other. */
async function walk(merchantId: string | null, asked: object, size: number, backward: boolean): Promise<string[]> {
  const ids: string[] = [];
  let place: object = {};
  for (;;) {
    const page = await read(merchantId, { ...asked, ...place, ...(backward ? { last: size } : { first: size }) });
    const own = page.nodes.map(({ id }) => id);
    if (backward) ids.unshift(...own);
    else ids.push(...own);
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
    if (!(backward ? hasPreviousPage : hasNextPage)) return ids;
    place = backward ? { before: startCursor } : { after: endCursor };
  }
}

function expectedOf(
  merchantId: string | null,
  search: string,
  status: string | undefined,
  key: keyof OrderRow,
  descending: boolean,
) {
  const found = rows.filter(
    (row) =>
      (merchantId === null || row.merchant === merchantId) &&
      (status === undefined || row.status === status) &&
      row.texts.toLowerCase().includes(search.toLowerCase()),
  );
  const place = (row: OrderRow) => `${row[key]} ${row.id}`;
  const sorted = found.toSorted((left, right) => (place(left) < place(right) ? -1 : 1)).map(({ id }) => id);
  return descending ? sorted.reverse() : sorted;
}

it.each([
  // Most orders; a tenth of them, the oldest or newest together; few; none; signs that are patterns elsewhere.
  ['so-', undefined],
  ['SO-1', undefined],
  ['SO-24', undefined],
  ['sO-2499', undefined],
  ['Example', undefined],
  ['c4@', undefined],
  ['so-', 'PAID'],
  ['customer %2', 'PAID'],
  ['nothing', undefined],
  ['_', undefined],
  ['r %2', undefined],
  ['7', 'PAID'],
  // In an order's number and in its customer's texts.
  ['24', undefined],
])(
  'finds every order that contains "%s" (%s) once, page by page, in each order, forwards and backwards',
  async (search, status) => {
    const filter = { search, ...(status && { status: [status] }) };

    for (const merchantId of ['m1', null]) {
      for (const [orderBy, key, descending] of ORDERS_BY) {
        const expected = expectedOf(merchantId, search, status, key, descending);
        const asked = { filter, orderBy };

        expect(await walk(merchantId, asked, 100, false)).toEqual(expected);
        if (descending) expect(await walk(merchantId, asked, 97, true)).toEqual(expected);
        expect((await read(merchantId, { ...asked, first: 0 })).totalCount).toBe(expected.length);
      }
    }
  },
);

const ORDERS_BY = [
  ['PLACED_AT_DESC', 'placed', true],
  ['PLACED_AT_ASC', 'placed', false],
  ['UPDATED_AT_DESC', 'updated', true],
] as const;
