import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import type { Caller } from '../../src/access/caller.js';
import { createReader } from '../../src/read/create-reader.js';
import { createLimitCheck } from '../../src/read/limit-check.js';
import type { Reader } from '../../src/read/reader.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { callerOf, schema } from './reading.js';
import { fillDatabase } from './rows.js';

let db: TestDatabase;
let reader: Reader;
let statements = 0;
beforeAll(async () => {
  db = await createTestDatabase();
  await fillDatabase(db);
  const query = db.pool.query.bind(db.pool);
  db.pool.query = ((...args: Parameters<typeof query>) => {
    statements += 1;
    return query(...args);
  }) as typeof db.pool.query;
  reader = createReader({ schema, db });
});
afterAll(() => db.drop());

type Representation = Record<string, unknown>;

const ENTITIES = (selection: string) =>
  `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`;

async function run(query: string, variables: object, caller: Partial<Caller> = {}, raw = true) {
  const context = { caller: callerOf(caller), reader };
  const request = { document: parse(query), variables: variables as Record<string, unknown>, context, raw };
  const { data, errors } = await reader.execute(request);
  return { data: JSON.parse(JSON.stringify(data ?? null)), errors };
}

async function entities(representations: Representation[], selection: string, caller: Partial<Caller> = {}) {
  const answers = [];
  for (const raw of [true, false]) answers.push(await run(ENTITIES(selection), { representations }, caller, raw));
  expect(answers[1]?.data).toEqual(answers[0]?.data);
  return { data: answers[0]?.data, errors: answers[0]?.errors };
}

const number = (n: number) => `ord_${String(n).padStart(4, '0')}`;
const orders = (count: number): Representation[] =>
  Array.from({ length: count }, (_, n) => ({ __typename: 'Order', id: number(n) }));

it('H6 reads 2 and 40 representations by one statement each, in the order asked', async () => {
  const selection =
    '... on Order { id lines { sku } links { integration { name } } syncEvents(first: 2) { totalCount } }';
  const counted = [];
  for (const count of [2, 40]) {
    statements = 0;
    const { data } = await run(ENTITIES(selection), { representations: orders(count).reverse() });
    counted.push({ statements, ids: data._entities.map(({ id }: { id: string }) => id) });
  }

  expect(counted).toEqual([
    { statements: 1, ids: [number(1), number(0)] },
    { statements: 1, ids: Array.from({ length: 40 }, (_, n) => number(39 - n)) },
  ]);
});

it('H6 answers several types by several keys at once, and null for what is not there', async () => {
  const { rows } = await db.pool.query('select sku, merchant_id, id from products limit 1');
  const [product] = rows;
  statements = 0;

  const { data, errors } = await run(ENTITIES('__typename ... on Node { id } ... on Product { sku }'), {
    representations: [
      { __typename: 'Product', sku: product.sku, merchantId: product.merchant_id },
      { __typename: 'Order', id: 'ord_none' },
      { __typename: 'SyncEvent', id: 3 },
      { __typename: 'SyncEvent', id: 'not a number' },
      { __typename: 'Order', merchantId: 'm1', number: 'SO-1', total: 'of another subgraph' },
      { __typename: 'Product', id: product.id },
    ],
  });

  expect(errors).toBeUndefined();
  expect(statements).toBe(1);
  expect(data._entities).toEqual([
    { __typename: 'Product', id: product.id, sku: product.sku },
    null,
    { __typename: 'SyncEvent', id: '3' },
    null,
    expect.objectContaining({ __typename: 'Order' }),
    { __typename: 'Product', id: product.id, sku: product.sku },
  ]);
});

it('H6 answers literals, and variables inside of literals, as a plan for one form is kept for it alone', async () => {
  const query = `query ($type: String, $id: ID) {
    fixed: _entities(representations: [{ __typename: "Order", id: "ord_0001" }]) { ... on Order { id } }
    mixed: _entities(representations: [{ __typename: $type, id: $id }]) { __typename }
  }`;

  const order = await run(query, { type: 'Order', id: 'ord_0001' });
  const integration = await run(query, { type: 'Integration', id: 'b2b-portal' });

  expect(order.data).toEqual({ fixed: [{ id: 'ord_0001' }], mixed: [{ __typename: 'Order' }] });
  expect(integration.data).toEqual({ fixed: [{ id: 'ord_0001' }], mixed: [{ __typename: 'Integration' }] });
});

it('H6 shows a caller of one merchant null for another’s nouns, by whatever key', async () => {
  const { rows } = await db.pool.query(
    `select id, number, merchant_id from orders where id in ('ord_0001', 'ord_0002')`,
  );
  const representations = rows.flatMap(({ id, number: no, merchant_id: merchantId }) => [
    { __typename: 'Order', id },
    { __typename: 'Order', merchantId, number: no },
  ]);

  const { data } = await entities(representations, '... on Order { id merchantId }', { merchantId: 'm1' });

  const expected = rows.flatMap(({ id, merchant_id: merchantId }) => {
    const seen = merchantId === 'm1' ? { id, merchantId } : null;
    return [seen, seen];
  });
  expect(new Set(rows.map(({ merchant_id }) => merchant_id)).size).toBe(2);
  expect(data._entities).toEqual(expected);
});

it('H6 refuses a field that the role may not read', async () => {
  const events = [{ __typename: 'SyncEvent', id: '3' }];

  const { data, errors } = await entities(events, '... on SyncEvent { payload }', { role: 'viewer' });

  expect(data).toBeNull();
  expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
});

it.each([
  [{ __typename: 'Order' }, 'needs "id", or "merchantId" and "number"'],
  [{ __typename: 'Query', id: '1' }, '__typename'],
  [{ id: 'ord_0001' }, '__typename'],
  [{ __typename: 'Order', id: { $ne: null } }, 'needs "id"'],
  ['ord_0001', '__typename'],
])('H6 refuses the representation %j as bad input', async (representation, message) => {
  const { errors } = await run(ENTITIES('__typename'), { representations: [representation] });

  expect(errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
  expect(errors?.[0]?.message).toContain(message);
});

it('H6 answers null for a key that no row can have', async () => {
  const { data } = await entities([{ __typename: 'Order', id: 'a\0b' }], '... on Order { id }');

  expect(data._entities).toEqual([null]);
});

it('H6 holds operations on entities to the limits of every read', async () => {
  const cost = (representations: number, selection: string) =>
    createLimitCheck(schema)(parse(ENTITIES(selection)), null, { representations: orders(representations) });
  const many = '... on Order { syncEvents(first: 100) { nodes { id status } } }';
  const aliases = `... on Order { ${Array.from({ length: 201 }, (_, n) => `a${n}: id`).join(' ')} }`;

  const refused = [cost(1_000, many), cost(1, aliases)].map((errors) => errors[0]?.extensions['code']);
  const page = await run(ENTITIES('... on Order { syncEvents(first: 101) { totalCount } }'), {
    representations: orders(1),
  });
  const long = await run(ENTITIES('__typename'), { representations: orders(1_001) });

  expect(refused).toEqual(['QUERY_TOO_COMPLEX', 'QUERY_TOO_COMPLEX']);
  expect(cost(100, many)).toEqual([]);
  expect([page, long].map(({ errors }) => errors?.[0]?.extensions['code'])).toEqual([
    'BAD_USER_INPUT',
    'BAD_USER_INPUT',
  ]);
});
