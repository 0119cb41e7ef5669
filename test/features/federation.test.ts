import { composeServices } from '@apollo/composition';
import { ApolloGateway, type GraphQLDataSourceProcessOptions, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, orderInput } from './order-client.js';

/** Another team's subgraph: what customers say. It names the hub's nouns by their keys, and shares value types with it. */
const REVIEWS = parse(`
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@external", "@requires"])
  type Query { praised: [Order]! stars: [Product]! reviewsPage: PageInfo! }
  type Order @key(fields: "id") {
    id: ID!
    currency: String! @external
    praise: String! @requires(fields: "currency")
  }
  type Product @key(fields: "merchantId sku") { merchantId: String! sku: String! stars: Int! }
  scalar Cursor
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: Cursor endCursor: Cursor }
`);

let hub: TestHub;
let sdl: string;
let supergraphUrl: string;
const stops: (() => Promise<void>)[] = [];
const ids: string[] = [];

beforeAll(async () => {
  hub = await startTestHub();
  await hub.db.pool.query(`insert into merchants (id, name) values ('other', 'Other')`);
  for (const merchantId of [MERCHANT, 'other', MERCHANT])
    ids.push(await idOf(createOrder(hub.admin, orderInput({ merchantId }))));
  await hub.db.pool.query(
    `insert into products (id, merchant_id, sku, name) values ('prd_mug', $1, 'MUG', 'Mug'), ('prd_cup', 'other', 'MUG', 'Cup')`,
    [MERCHANT],
  );
  ({ sdl } = (await hub.admin.ask<{ _service: { sdl: string } }>('{ _service { sdl } }'))._service);
  const reviews = new ApolloServer({ schema: reviewsSchema(), plugins: [ApolloServerPluginInlineTraceDisabled()] });
  const { url } = await startStandaloneServer(reviews, { listen: { port: 0, host: '127.0.0.1' } });
  stops.push(() => reviews.stop());
  supergraphUrl = await serveSupergraph(compose(url));
});
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
  await hub.stop();
});

function reviewsSchema() {
  const praised = () => ids.map((id) => ({ id }));
  const stars = () => [MERCHANT, 'other'].map((merchantId) => ({ merchantId, sku: 'MUG', stars: 5 }));
  return buildSubgraphSchema([
    {
      typeDefs: REVIEWS,
      resolvers: {
        Query: { praised, stars, reviewsPage: () => ({ hasNextPage: true, hasPreviousPage: false }) },
        Order: { praise: ({ currency }: { currency: string }) => `Well worth the ${currency}` },
      },
    },
  ]);
}

function compose(reviewsUrl: string): string {
  const { supergraphSdl, errors } = composeServices([
    { name: 'hub', url: `${hub.url}/graphql`, typeDefs: parse(sdl) },
    { name: 'reviews', url: reviewsUrl, typeDefs: REVIEWS },
  ]);
  if (!supergraphSdl) throw new Error(errors?.map(String).join('\n'));
  return supergraphSdl;
}

/** Asks each subgraph with the API key that the client sent. */
class WithApiKey extends RemoteGraphQLDataSource<{ apiKey?: string }> {
  override willSendRequest({ request, context }: GraphQLDataSourceProcessOptions<{ apiKey?: string }>): void {
    if (context.apiKey) request.http?.headers.set('x-api-key', context.apiKey);
  }
}

async function serveSupergraph(supergraphSdl: string): Promise<string> {
  const gateway = new ApolloGateway({ supergraphSdl, buildService: ({ url }) => new WithApiKey({ url }) });
  const server = new ApolloServer<{ apiKey?: string }>({ gateway });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: async ({ req }) => ({ apiKey: String(req.headers['x-api-key']) }),
  });
  stops.push(() => server.stop());
  return url;
}

async function keyOf(input: { role: string; merchantId?: string }): Promise<string> {
  const { createApiKey } = await hub.admin.ask<{ createApiKey: { text: string } }>(
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { text } }',
    { input: { name: 'router', ...input } },
  );
  return createApiKey.text;
}

async function askSupergraph(apiKey: string, query: string) {
  const response = await fetch(supergraphUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({ query }),
  });
  const answer = (await response.json()) as { data: Record<string, never>; errors?: { message: string }[] };
  return { data: answer.data, errors: answer.errors };
}

it('H6 serves nouns of the hub and another subgraph’s words on them as one graph', async () => {
  const apiKey = await keyOf({ role: 'admin' });

  const answer = await askSupergraph(
    apiKey,
    `{ praised { id praise number totals { grandTotal } links { integration { connector } } }
       stars { stars name }
       orders(first: 1) { nodes { praise } pageInfo { hasNextPage } }
       reviewsPage { hasNextPage } }`,
  );

  expect(answer.errors).toBeUndefined();
  expect(answer.data).toMatchObject({
    praised: ids.map((id) => ({
      id,
      praise: 'Well worth the EUR',
      number: expect.stringMatching(/^ORD-/),
      totals: { grandTotal: '199.98' },
    })),
    stars: [
      { stars: 5, name: 'Mug' },
      { stars: 5, name: 'Cup' },
    ],
    orders: { nodes: [{ praise: 'Well worth the EUR' }], pageInfo: { hasNextPage: true } },
    reviewsPage: { hasNextPage: true },
  });
});

it('H6 shows a caller of one merchant only its own nouns, whoever names them', async () => {
  const apiKey = await keyOf({ role: 'viewer', merchantId: MERCHANT });

  const { data } = await askSupergraph(apiKey, '{ praised { id number } stars { name } }');

  const [own, other, another] = data['praised'] as unknown as ({ number: string | null } | null)[];
  expect([own?.number, another?.number]).toEqual([expect.any(String), expect.any(String)]);
  expect(other?.number ?? null).toBeNull();
  expect((data['stars'] as unknown as ({ name: string } | null)[]).map((product) => product?.name ?? null)).toEqual([
    'Mug',
    null,
  ]);
});

it('H6 answers a router without credentials nothing', async () => {
  const { data, errors } = await askSupergraph('', '{ praised { number } }');

  expect(JSON.stringify(data)).not.toContain('ORD-');
  expect(errors?.length).toBeGreaterThan(0);
});

it('H6 is a subgraph whose every node is an entity and whose value types are shareable', async () => {
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl) }]);
  const { __type } = await hub.admin.ask<{ __type: { possibleTypes: { name: string }[] } }>(
    '{ __type(name: "Node") { possibleTypes { name } } }',
  );

  const withKey = __type.possibleTypes.filter(({ name }) =>
    new RegExp(`^type ${name} implements Node @key\\(fields: "id"\\)`, 'm').test(sdl),
  );

  expect(schema.getType('_Entity')).toBeDefined();
  expect(withKey).toEqual(__type.possibleTypes);
  expect(withKey.length).toBeGreaterThanOrEqual(10);
  expect(sdl).toMatch(/^type Order .*@key\(fields: "merchantId number"\)/m);
  for (const name of ['PageInfo', 'Address', 'OrderTotals']) expect(sdl).toContain(`type ${name} @shareable {`);
});

it('H6 holds a router’s requests to the limits over HTTP', async () => {
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on Order { syncEvents(first: 100) { nodes { id status } } } } }`;
  const representations = Array.from({ length: 1_000 }, () => ({ __typename: 'Order', id: ids[0] }));

  const { errors } = await hub.admin.graphql(query, { representations });

  expect(errors[0]?.extensions).toMatchObject({ code: 'QUERY_TOO_COMPLEX', cost: expect.any(Number) });
});
