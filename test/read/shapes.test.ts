import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse, validate } from 'graphql';
import { type Comparison, startComparison } from './compare.js';
import { randomOf } from './random.js';
import { callerOf, schema } from './reading.js';

let comparison: Comparison;
beforeAll(async () => {
  comparison = await startComparison();
});
afterAll(() => comparison.reading.db.drop());

const repeat = (times: number, write: (n: number) => string) =>
  Array.from({ length: times }, (_, n) => write(n)).join(' ');

const ORDER = 'id number status currency placedAt deliveryMethod trackingNumbers';

it.each([
  [
    'hundreds of fields of one object',
    `{ orders(first: 3) { nodes { ${repeat(250, (n) => `a${n}: ${ORDER.split(' ')[n % 7]}`)} } } }`,
  ],
  [
    'hundreds of objects within one',
    `{ order(id: "ord_0003") { ${repeat(120, (n) => `a${n}: totals { b${n}: grandTotal }`)} } }`,
  ],
  [
    'a very long alias',
    `{ ${'a'.repeat(9_000)}: orders(first: 2) { nodes { ${'b'.repeat(9_000)}: id ${'c'.repeat(63)}: number } } }`,
  ],
  [
    'names that JavaScript’s objects have',
    '{ constructor: orders(first: 2) { toString: nodes { __proto__: id hasOwnProperty: number valueOf: customer { constructor: id } } } }',
  ],
  [
    'refused arguments under such names',
    '{ order(id: "ord_0003") { constructor: syncEvents(first: 999) { totalCount } toString: syncEvents(first: 999) { totalCount } number } }',
  ],
  [
    '__typename everywhere',
    `{ __typename kind: __typename orders(first: 3) { __typename edges { __typename cursor node { __typename kind: __typename totals { __typename }
      shippingAddress { __typename } customer { __typename } lines { __typename } syncEvents(first: 1) { __typename nodes { __typename integration { __typename } } } } }
      pageInfo { __typename } } node(id: "ord_0001") { __typename } }`,
  ],
  [
    'introspection beside data',
    '{ __schema { queryType { name } } orders(first: 2) { nodes { id __typename } } __type(name: "OrderStatus") { enumValues { name } } order(id: "ord_0007") { id } }',
  ],
  [
    'fragments of fragments',
    `{ orders(first: 2) { nodes { ...F0 } } } ${repeat(150, (n) => `fragment F${n} on Order { f${n % 40}: number ... on Node { id } ...F${n + 1} }`)} fragment F150 on Order { customer { id } }`,
  ],
  [
    'fields merged from several fragments',
    `{ orders(first: 4) { ...A nodes { ...B ...C customer { name } } } } fragment A on OrderConnection { totalCount nodes { id customer { email } } }
      fragment B on Order { customer { id orders(first: 1) { nodes { id } } } } fragment C on Order { customer { orders(first: 1) { totalCount nodes { number } } } }`,
  ],
  [
    'nouns of several kinds by node',
    `{ ${repeat(
      12,
      (
        n,
      ) => `n${n}: node(id: "${['ord_0003', 'inv_0002', 'cus_0001', '7', 'b2b-portal', 'nobody', '', 'ord_', 'evt_1', '-7', '99999999999999999999', 'ord_0007'][n]}") {
      __typename id ... on Order { number customer { id } } ... on Invoice { total } ... on Customer { email } ... on SyncEvent { status integration { id } } ... on Integration { connector } }`,
    )} }`,
  ],
  [
    'errors within lists of lists',
    `{ customers(first: 20) { nodes { id orders(first: 9) { nodes { id status invoices { order { status } } syncEvents(first: 9) { nodes { id direction integration { id } } } } } } } }`,
  ],
  [
    'texts of every script',
    '{ orders(first: 50, filter: { search: "🙂" }) { totalCount nodes { number customer { name } } } customers { nodes { name } } }',
  ],
])('answers as a plain executor does: %s', async (_what, query) => {
  const document = parse(query);

  expect(validate(schema, document)).toEqual([]);
  await comparison.compare(document, {});
});

it('finds for each combination of variables the statement that is its own', async () => {
  const document =
    parse(`query ($filter: OrderFilter, $status: [SyncEventStatus!], $first: Int, $last: Int, $order: OrderOrderBy, $id: ID!, $search: String,
      $with: Boolean!, $without: Boolean = false) {
    orders(filter: $filter, first: $first, last: $last, orderBy: $order) {
      nodes { id number @include(if: $with) ... @skip(if: $without) { status customer { id @skip(if: $with) name } } ...More @include(if: $without) } }
    events: syncEvents(filter: { status: $status }, first: $first) { nodes { id status } }
    found: orders(filter: { search: $search, status: [PAID, SHIPPED] }) @skip(if: $without) { totalCount nodes { id } }
    node(id: $id) { __typename ... on Order { number @include(if: $with) } ... on SyncEvent { status } }
  } fragment More on Order { totals { grandTotal @skip(if: $with) tax } }`);
  const random = randomOf(7);
  const one = (...values: unknown[]) => random.pick(values);
  let refused = 0;

  for (let draw = 0; draw < 80; draw += 1) {
    const variables = {
      filter: one(
        undefined,
        null,
        {},
        { status: one(null, [], ['PAID'], ['PAID', 'SHIPPED']), search: one(undefined, null, 'so', 'ref') },
      ),
      status: one(undefined, null, [], ['FAILED'], ['FAILED', 'SUCCESS'], 'SUCCESS'),
      first: one(undefined, null, 0, 1, 3, 101),
      last: one(undefined, undefined, null, 2),
      order: one(undefined, null, 'PLACED_AT_ASC', 'UPDATED_AT_DESC', 'GRAND_TOTAL_ASC'),
      id: one('ord_0003', '7', 'nobody', 'inv_0001'),
      search: one(undefined, null, '', 'SO', 'ref-1'),
      with: one(true, false),
      without: one(undefined, true, false),
    };
    refused += await comparison.compare(document, JSON.parse(JSON.stringify(variables)), { draw });
  }

  expect(refused).toBeGreaterThan(0);
});

it('keeps numbers of documents that no double holds, by both tails', async () => {
  const { reader, db, contextOf } = comparison.reading;
  const numbers = '{"whole":9007199254740993,"part":0.1000000000000000055511,"huge":12345678901234567890123456789}';
  await db.pool.query('update sync_events set payload = $1::jsonb where id = 7', [numbers]);
  const ask = async (query: string, raw: boolean) =>
    JSON.stringify(await reader.execute({ document: parse(query), context: contextOf(callerOf()), raw }));

  const answers = [
    await ask('{ syncEvent(id: "7") { payload } }', true),
    await ask('{ syncEvent(id: "7") { payload } }', false),
    await ask('{ syncEvent(id: "7") { payload } __schema { queryType { name } } }', true),
    // What SQL marks as broken has graphql-js write the whole answer.
    await ask('{ syncEvent(id: "7") { payload } broken: syncEvent(id: "5") { direction } }', true),
  ];

  for (const answer of answers) for (const number of numbers.match(/\d[\d.]+/g) ?? []) expect(answer).toContain(number);
});
