import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { serverAudits } from 'graphql-http';
import { HubError } from '../../src/errors.js';
import { registerGraphql } from '../../src/http/graphql.js';
import { callerOf, type Reading, schema, startReading } from '../read/reading.js';

let reading: Reading;
let app: FastifyInstance;
let url: string;

beforeAll(async () => {
  reading = await startReading();
  const { services } = reading.contextOf(callerOf());
  app = fastify();
  await registerGraphql(app, {
    schema,
    reader: reading.reader,
    services,
    authenticate: async ({ authorization }) => {
      if (authorization === 'Bearer nobody') throw new HubError('UNAUTHENTICATED', 'Send a token.');
      return callerOf(authorization === 'Bearer m1' ? { merchantId: 'm1', role: 'viewer' } : {});
    },
  });
  url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/graphql`;
});

afterAll(async () => {
  await app.close();
  await reading.db.drop();
});

async function post(body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

describe('GraphQL over HTTP', () => {
  const preflighted: typeof fetch = (input, init = {}) =>
    fetch(input, { ...init, headers: { ...init.headers, 'apollo-require-preflight': 'true' } });
  for (const audit of serverAudits({ url: () => url, fetchFn: preflighted })) {
    it(`passes audit ${audit.id}: ${audit.name}`, async () => {
      const result = await audit.fn();

      expect({ ...result, response: undefined }).toMatchObject({ status: 'ok' });
    });
  }
});

it('H1 answers orders with everything around them in one request', async () => {
  const query = `query Orders($first: Int) { orders(first: $first, filter: { numberStartsWith: "SO-" }) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { cursor node { id number totals { grandTotal } customer { name } lines { sku unitPrice } invoices { number total }
      links { state integration { name connector } } syncEvents(first: 5) { nodes { id status payload } } timeline { nodes { at kind title } } } } } }`;

  const { status, body } = await post({ query, variables: { first: 3 } });

  expect(status).toBe(200);
  expect(body.errors).toBeUndefined();
  expect(body.data.orders.edges).toHaveLength(3);
  expect(body.data.orders.pageInfo.endCursor).toBe(body.data.orders.edges[2].cursor);
});

it.each(['{ orders(first: 1) { totalCount } }', '{ order { id } }', '{ nothing }', '{'])(
  'lets nobody on the way keep the answer to %s',
  async (query) => {
    const headers = { 'content-type': 'application/json' };

    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });

    expect(response.headers.get('cache-control')).toBe('no-store');
  },
);

it('limits a caller to its merchant, by id and in lists', async () => {
  const query = `{ own: node(id: "ord_0001") { id } foreign: node(id: "ord_0002") { id } order(id: "ord_0002") { id } orders(first: 100) { nodes { merchantId } } }`;

  const { body } = await post({ query }, { authorization: 'Bearer m1' });

  expect(body.data).toMatchObject({ own: { id: 'ord_0001' }, foreign: null, order: null });
  expect(new Set(body.data.orders.nodes.map((order: { merchantId: string }) => order.merchantId))).toEqual(
    new Set(['m1']),
  );
});

it('refuses what a role may not read before any statement runs', async () => {
  const { body } = await post({ query: '{ auditLog { nodes { id } } }' }, { authorization: 'Bearer m1' });

  expect(body.data ?? null).toBeNull();
  expect(body.errors[0]).toMatchObject({
    message: expect.stringContaining('operator'),
    extensions: { code: 'FORBIDDEN' },
  });
});

it('answers 401 with the code where nobody is authenticated', async () => {
  const { status, body } = await post({ query: '{ orders { totalCount } }' }, { authorization: 'Bearer nobody' });

  expect(status).toBe(401);
  expect(body.errors[0]).toMatchObject({ message: 'Send a token.', extensions: { code: 'UNAUTHENTICATED' } });
});

it.each([
  ['a page that is too large', '{ orders(first: 101) { totalCount } }', 'BAD_USER_INPUT'],
  ['a page from both ends', '{ orders(first: 1, last: 1) { totalCount } }', 'BAD_USER_INPUT'],
  ['a foreign cursor', '{ orders(after: "rubbish") { totalCount } }', 'CURSOR_INVALID'],
  [
    'a time without offset',
    '{ orders(filter: { placedFrom: "2026-01-01" }) { totalCount } }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['neither id nor number', '{ order { id } }', 'BAD_USER_INPUT'],
  ['a NUL character', '{ orders(filter: { search: "a\\u0000b" }) { totalCount } }', 'BAD_USER_INPUT'],
  ['an unknown field', '{ order(id: "x") { secret } }', 'GRAPHQL_VALIDATION_FAILED'],
  ['no GraphQL', '{ orders(', 'GRAPHQL_PARSE_FAILED'],
])('refuses %s with a code and no 5xx', async (_case, query, code) => {
  const { status, body } = await post({ query });

  expect(status).toBeLessThan(500);
  expect(body.errors[0].extensions.code).toBe(code);
});

it('refuses the cursor of another list, though both are ordered alike', async () => {
  const { body: first } = await post({ query: '{ syncEvents(first: 1) { pageInfo { endCursor } } }' });
  const after: unknown = first.data.syncEvents.pageInfo.endCursor;

  const { body } = await post({
    query: 'query ($after: Cursor) { auditLog(after: $after) { totalCount } }',
    variables: { after },
  });

  expect(after).toEqual(expect.any(String));
  expect(body.errors[0].extensions.code).toBe('CURSOR_INVALID');
});

it.each([
  'syncEvent(id: "abc")',
  'syncEvent(id: "99999999999999999999")',
  'node(id: "")',
  'integration(id: "nobody\'s")',
])('answers null for the unknown id in %s', async (field) => {
  const { body } = await post({ query: `{ found: ${field} { id } }` });

  expect(body).toEqual({ data: { found: null } });
});

it('refuses an operation that expands to too much, and says by how much', async () => {
  const levels = Array.from({ length: 17 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`).join(
    ' ',
  );
  const bomb = `{ ...F0 } ${levels} fragment F17 on Query { orders(first: 100) { nodes { id } } }`;
  const wide = '{ orders(first: 100) { nodes { syncEvents(first: 100) { nodes { attempts { number } } } } } }';
  const aliases = `{ ${Array.from({ length: 300 }, (_, n) => `a${n}: __typename`).join(' ')} }`;

  const answers = await Promise.all([bomb, wide, aliases].map((query) => post({ query })));

  for (const { status, body } of answers) {
    expect(status).toBeLessThan(500);
    expect(body.errors[0]).toMatchObject({
      extensions: { code: 'QUERY_TOO_COMPLEX', limit: expect.any(Number), cost: expect.any(Number) },
    });
  }
});

it('refuses broken JSON, an oversized body and a batch without a 5xx', async () => {
  const answers = await Promise.all([
    post('{"query": '),
    post({ query: `{ ${' '.repeat(1024 * 1024)} }` }),
    post([{ query: '{ __typename }' }]),
  ]);

  expect(answers.map(({ status }) => status)).toEqual([400, 413, 400]);
});

it('masks what is unexpected, with the request id', async () => {
  await reading.db.pool.query('alter table alerts rename to alerts_away');

  const { body } = await post({ query: '{ alerts { id } }' });

  await reading.db.pool.query('alter table alerts_away rename to alerts');
  expect(body.errors[0].extensions).toMatchObject({ code: 'INTERNAL', requestId: expect.any(String) });
  expect(JSON.stringify(body)).not.toContain('relation');
});

it('H1 answers in GraphQL’s form also what it cannot read', async () => {
  const broken = await post('{"query": ');
  const large = await post({ query: `{ __typename } # ${'x'.repeat(1_100_000)}` });
  const typed = await fetch(url, { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a,b' });

  expect(broken).toMatchObject({ status: 400, body: { errors: [{ extensions: { code: 'INVALID_JSON' } }] } });
  expect(large).toMatchObject({ status: 413, body: { errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] } });
  expect(await typed.json()).toMatchObject({ errors: [{ message: expect.any(String) }] });
});

it('B15 refuses days that it has no statistics of', async () => {
  const { body } = await post({
    query: '{ none: syncStatistics(days: 0) { total } some: syncStatistics(days: 365) { total } }',
  });

  expect(body.errors).toMatchObject([{ path: ['none'], extensions: { code: 'BAD_USER_INPUT' } }]);
});
