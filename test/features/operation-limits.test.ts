import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import type { Client } from 'graphql-ws';
import { startTestHub, type TestHub } from '../harness/hub.js';

let hub: TestHub;
let socket: Client;
beforeAll(async () => {
  hub = await startTestHub({ env: { REQUESTS_PER_MINUTE: '10000' } });
  socket = hub.admin.socket();
});
afterAll(async () => {
  await socket.dispose();
  await hub.stop();
});

const repeat = (times: number, write: (n: number) => string) =>
  Array.from({ length: times }, (_, n) => write(n)).join(' ');
const nest = (levels: number, open: string, close: string, inner: string) =>
  open.repeat(levels) + inner + close.repeat(levels);

const doubling = (on: string, field: (n: number) => string, last: string) =>
  `${repeat(14, (n) => `fragment F${n} on ${on} { ${field(n)} }`)} fragment F14 on ${on} { ${last} }`;
const PAGE = 'orders(first: 100) { nodes { syncEvents(first: 100) { nodes { id attempts { number } } } } }';

const TOO_COMPLEX: [string, string][] = [
  ['depth', `{ order(id: "x") ${nest(20, '{ customer { orders(first: 1) { nodes', '} } }', '{ id }')} }`],
  ['cost', `{ ${PAGE} }`],
  [
    'cost within fragments',
    `{ order(id: "x") { ...F0 } } ${doubling('Order', (n) => `...F${n + 1} ... { ...F${n + 1} }`, 'lines { sku }')}`,
  ],
  ['aliases', `{ ${repeat(250, (n) => `a${n}: __typename`)} }`],
  ['aliases within introspection', `{ __schema { ${repeat(250, (n) => `a${n}: types { name fields { name } }`)} } }`],
  [
    'fragments within introspection',
    `{ __schema { types { ...F0 } } } ${doubling('__Type', (n) => `a: ofType { ...F${n + 1} } b: ofType { ...F${n + 1} }`, 'name')}`,
  ],
  ['root fields', `{ ${repeat(60, (n) => `a${n}: order(id: "${n}") { id }`)} }`],
  [
    'lists that the parser cannot hold',
    `{ orders(filter: { status: ${nest(3_900, '[', ']', 'PAID')} }) { totalCount } }`,
  ],
  ['the same fields again and again', `{ ${repeat(600, () => 'order(id: "x") { id number }')} }`],
];
const INVALID: [string, string][] = [
  [
    'a fragment within itself',
    '{ order(id: "x") { ...A } } fragment A on Order { customer { orders(first: 1) { nodes { ...A } } } }',
  ],
  [
    'a circle of fragments',
    `{ order(id: "x") { ...F0 } } ${repeat(300, (n) => `fragment F${n} on Order { ...F${(n + 1) % 300} }`)}`,
  ],
  ['directives that nobody knows', `{ __typename ${repeat(2_000, (n) => `@a${n}`)} }`],
  ['directives on one field', `{ __typename ${repeat(800, () => '@skip(if: false)')} }`],
  ['unknown fields', `{ ${repeat(3_000, (n) => `unknown${n}`)} }`],
  ['a long name', `{ ${'x'.repeat(100_000)} }`],
  [
    'lists of introspection in lists',
    '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
  ],
  ['a filter in a filter', `{ orders(filter: ${nest(900, '{ status: ', '}', 'PAID')}) { totalCount } }`],
];
const BY_VARIABLES: [string, string, string][] = [
  ['wrong values in a list', '[OrderStatus!]', `[${repeat(9_000, () => '"NOPE",')}"NOPE"]`],
  ['a filter in a filter', 'OrderFilter', nest(1_000, '{"status":', '}', '1')],
  ['unknown fields of a filter', 'OrderFilter', `{${repeat(6_000, (n) => `"unknown${n}":1,`)}"last":1}`],
];

async function byHttp(body: string) {
  const headers = { 'content-type': 'application/json', authorization: await hub.bearer({}) };
  const response = await fetch(`${hub.url}/graphql`, { method: 'POST', headers, body });
  const text = await response.text();
  return { status: response.status, size: text.length, codes: codesOf(JSON.parse(text).errors) };
}

async function bySocket(query: string, variables = {}): Promise<unknown[]> {
  try {
    const { value } = await socket.iterate({ query, variables }).next();
    return codesOf(value?.errors);
  } catch (refused) {
    return codesOf(refused as Refusals);
  }
}

type Refusals = readonly { message: string; extensions: { code: string } }[];

function codesOf(errors: Refusals | undefined): unknown[] {
  for (const { message } of errors ?? []) {
    expect(message).not.toMatch(/call stack|^Validation aborted/);
    expect(message.length).toBeLessThan(3_000);
  }
  return [...new Set((errors ?? []).map(({ extensions }) => extensions.code))];
}

it.each([
  ...TOO_COMPLEX.map(([what, query]) => [what, query, 'QUERY_TOO_COMPLEX'] as const),
  ...INVALID.map(([what, query]) => [what, query, 'GRAPHQL_VALIDATION_FAILED'] as const),
  ['more tokens than are parsed', `{ ${'a '.repeat(9_000)} }`, 'GRAPHQL_PARSE_FAILED'] as const,
])('refuses %s on both transports', async (_what, query, code) => {
  const answer = await byHttp(JSON.stringify({ query }));

  expect(answer.status).toBeLessThan(500);
  expect(answer.size).toBeLessThan(100_000);
  expect(answer.codes).toEqual([code]);
  const onSocket = await bySocket(query);
  expect(onSocket).toEqual([code === 'GRAPHQL_PARSE_FAILED' ? 'GRAPHQL_VALIDATION_FAILED' : code]);
});

it.each(BY_VARIABLES)('refuses by variables %s, in a short answer', async (_what, type, value) => {
  const query = `query ($value: ${type}) { orders(filter: ${type === 'OrderFilter' ? '$value' : '{ status: $value }'}) { totalCount } }`;

  const answer = await byHttp(`{"query":${JSON.stringify(query)},"variables":{"value":${value}}}`);

  expect(answer).toMatchObject({ status: 200, codes: ['BAD_USER_INPUT'] });
  expect(answer.size).toBeLessThan(20_000);
  expect(await bySocket(query, { value: JSON.parse(value) })).toEqual(['BAD_USER_INPUT']);
});

it('refuses a document that nests deeper than anybody needs, in variables and in the text', async () => {
  const query =
    'mutation ($settings: JSON!) { updateIntegration(input: { id: "x", settings: $settings }) { userErrors { code } } }';
  const deep = nest(20_000, '{"a":', '}', '1');
  const text = query.replace('$settings: JSON!', '$x: Int').replace('$settings', nest(60, '{a:', '}', '1'));

  const answers = [
    await byHttp(`{"query":${JSON.stringify(query)},"variables":{"settings":${deep}}}`),
    await byHttp(JSON.stringify({ query: text.replace('($x: Int)', '') })),
  ];

  expect(answers[0]?.codes).toEqual(['BAD_USER_INPUT']);
  expect(answers[1]?.codes).toHaveLength(1);
  expect(answers[1]?.codes).not.toEqual(['INTERNAL']);
});

it('answers the introspection of every tool', async () => {
  const query = getIntrospectionQuery({
    inputValueDeprecation: true,
    schemaDescription: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    oneOf: true,
  });

  expect((await byHttp(JSON.stringify({ query }))).codes).toEqual([]);
  expect(await bySocket(query)).toEqual([]);
});

it('reads long texts and many values that are allowed', async () => {
  const query =
    'query ($search: String, $status: [OrderStatus!]) { orders(filter: { search: $search, status: $status }) { totalCount } }';
  const variables = { search: '%_\\'.repeat(30_000), status: Array.from({ length: 9_000 }, () => 'PAID') };

  expect((await byHttp(JSON.stringify({ query, variables }))).codes).toEqual([]);
  expect(await bySocket(query, { ...variables, search: '%' })).toEqual([]);
});
