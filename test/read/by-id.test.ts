import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { GraphQLID, GraphQLObjectType, GraphQLSchema, parse } from 'graphql';
import type { Caller } from '../../src/access/caller.js';
import { createReader } from '../../src/read/create-reader.js';
import type { Reader } from '../../src/read/reader.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { callerOf, schema as hubSchema } from './reading.js';
import { fillDatabase } from './rows.js';

/** The hub's nouns below a mutation that answers whatever id it is given, as the convention has it. */
function echoSchema(): GraphQLSchema {
  const order = hubSchema.getType('Order') as GraphQLObjectType;
  const health = hubSchema.getType('ConnectorHealth') as GraphQLObjectType;
  const Echo = new GraphQLObjectType({ name: 'Echo', fields: { order: { type: order }, health: { type: health } } });
  const Mutation = new GraphQLObjectType({
    name: 'Mutation',
    fields: {
      echo: {
        type: Echo,
        args: { order: { type: GraphQLID }, health: { type: GraphQLID } },
        resolve: (_source, { order: id, health: integration }) => ({ order: id ?? null, health: integration ?? null }),
      },
    },
  });
  return new GraphQLSchema({ query: hubSchema.getQueryType(), mutation: Mutation });
}

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
  reader = createReader({ schema: echoSchema(), db });
});
afterAll(() => db.drop());

async function echo(query: string, caller: Partial<Caller> = {}, variables = {}) {
  const context = { caller: callerOf(caller), reader };
  const { data, errors } = await reader.execute({ document: parse(query), variables, context });
  return { data: JSON.parse(JSON.stringify(data ?? null)), errors };
}

it('reads a noun by the id that a mutation answers, with the selected fields, in one statement', async () => {
  statements = 0;

  const { data, errors } = await echo(
    `mutation ($n: Int) { echo(order: "ord_0001") { order { key: id number lines { sku } more: syncEvents(first: $n) { totalCount nodes { status } } } } }`,
    {},
    { n: 2 },
  );

  expect(errors).toBeUndefined();
  expect(data.echo.order).toMatchObject({ key: 'ord_0001', number: 'SO-1', more: { totalCount: expect.any(Number) } });
  expect(statements).toBe(1);
});

it('answers null for a foreign merchant’s noun and for an unknown id', async () => {
  const foreign = await echo('mutation { echo(order: "ord_0002") { order { id } } }', { merchantId: 'm1' });
  const unknown = await echo('mutation { echo(order: "ord_none") { order { id } } }');

  expect([foreign.data.echo.order, unknown.data.echo.order]).toEqual([null, null]);
});

it('reads a view by the id of what it shows', async () => {
  const { data } = await echo('mutation { echo(health: "int-2") { health { health circuit integration { name } } } }');

  expect(data.echo.health).toMatchObject({
    health: 'DOWN',
    circuit: 'OPEN',
    integration: { name: expect.any(String) },
  });
});

it('fails only the field whose arguments are refused', async () => {
  const { data, errors } = await echo(
    'mutation { echo(order: "ord_0001") { order { id timeline(first: 999) { totalCount } } } }',
  );

  expect(data.echo.order).toBeNull();
  expect(errors?.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
    [['echo', 'order', 'timeline'], 'BAD_USER_INPUT'],
  ]);
});

it('refuses a field that the role may not read', async () => {
  const { data, errors } = await echo(
    'mutation { echo(order: "ord_0001") { order { syncEvents { nodes { payload } } } } }',
    { role: 'viewer' },
  );

  expect(data.echo.order).toBeNull();
  expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
});
