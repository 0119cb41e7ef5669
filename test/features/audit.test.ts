import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredInputField,
} from 'graphql';
import type { HubClient } from '../../demo/hub-client.js';
import { buildHubSchema } from '../../schema/build.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, moveOrder, orderInput, settled } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

interface Entry {
  action: string;
  actor: string;
  outcome: string;
  entityId: string | null;
  requestId: string;
  durationMs: number | null;
}

/** Every entry that these operations leave. */
async function entriesOf(work: () => Promise<unknown>): Promise<Entry[]> {
  const LOG =
    '{ auditLog(first: 100) { nodes { id action actor outcome entityType entityId integrationId requestId durationMs } } }';
  const read = async () =>
    (await hub.admin.ask<{ auditLog: { nodes: (Entry & { id: string })[] } }>(LOG)).auditLog.nodes;
  const before = new Set((await read()).map(({ id }) => id));
  await work();
  return (await read()).filter(({ id }) => !before.has(id));
}

const VALUES: Record<string, unknown> = {
  Int: 1,
  Float: 1,
  Boolean: true,
  Decimal: '1',
  JSON: {},
  DateTime: '2026-01-01T00:00:00Z',
};

/** Some value of a type, with no more than what is required. */
function someValue(type: GraphQLInputType): unknown {
  const bare = getNullableType(type);
  if (isListType(bare)) return [someValue(bare.ofType)];
  if (isEnumType(bare)) return bare.getValues()[0]?.name;
  if (!isInputObjectType(bare)) return VALUES[String(bare)] ?? 'x';
  const required = Object.values(bare.getFields()).filter(isRequiredInputField);
  return Object.fromEntries(required.map((field) => [field.name, someValue(field.type)]));
}

/** A webhook is kept as such, and audited where its signature is refused. */
const mutations = Object.values(buildHubSchema().getMutationType()?.getFields() ?? {}).filter(
  ({ name }) => name !== 'ingestWebhook',
);

/** Runs a mutation with made-up arguments. */
function run(client: HubClient, name: string) {
  const { args = [] } = mutations.find((field) => field.name === name) ?? {};
  const declared = args.map((argument) => `$${argument.name}: ${argument.type}`).join(', ');
  const given = args.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  const variables = Object.fromEntries(args.map((argument) => [argument.name, someValue(argument.type)]));
  const call = args.length > 0 ? `${name}(${given})` : name;
  const head = args.length > 0 ? `mutation (${declared})` : 'mutation';
  return client.ask<{ done: { userErrors: { code: string }[] } }>(
    `${head} { done: ${call} { userErrors { code } } }`,
    variables,
  );
}

it.each(mutations.map(({ name }) => name))('G17 F18 leaves exactly one entry of a refused %s', async (name) => {
  const viewer = await hub.as({ role: 'viewer', sub: 'curious' });

  const entries = await entriesOf(async () => {
    const { done } = await run(viewer, name);
    expect(done.userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  });

  expect(entries).toMatchObject([
    { actor: 'curious', outcome: 'REFUSED', requestId: expect.any(String), durationMs: expect.any(Number) },
  ]);
});

it.each([
  ['updateOrderStatus(input: { id: "ord_1", status: PAID })', { entityType: 'ORDER', entityId: 'ord_1' }],
  ['createInvoice(input: { orderId: "ord_2", number: "I-2" })', { entityType: 'ORDER', entityId: 'ord_2' }],
  ['acknowledgeAlert(id: "alt_1")', { entityType: null, entityId: 'alt_1' }],
  ['deleteIntegration(id: "b2b-portal")', { entityId: 'b2b-portal', integrationId: 'b2b-portal' }],
  ['startSync(input: { integrationId: "b2b-portal", entityType: ORDER })', { integrationId: 'b2b-portal' }],
  ['redriveSyncEvents(filter: { entityId: "ord_3" })', { entityType: null, entityId: 'ord_3' }],
])('G17 keeps the id that a refused %s named', async (call, named) => {
  const viewer = await hub.as({ role: 'viewer', sub: 'curious' });

  const entries = await entriesOf(() => viewer.ask(`mutation { ${call} { userErrors { code } } }`));

  expect(entries).toMatchObject([{ outcome: 'REFUSED', ...named }]);
});

it('G17 F18 leaves exactly one entry of what was done, by GraphQL and by REST', async () => {
  let id = '';
  const entries = await entriesOf(async () => {
    id = await idOf(createOrder(hub.admin, orderInput()));
    await settled(hub.admin, 'order', id, 'SYNCED');
    await idOf(moveOrder(hub.admin, { id, status: 'CONFIRMED' }));
    await hub.admin.rest('POST', `/api/v1/b2b/sync/orders/${id}/sync`, { force: true });
  });

  expect(entries.map(({ action }) => action).sort()).toEqual(['order.create', 'order.sync', 'order.update_status']);
  for (const entry of entries)
    expect(entry).toMatchObject({ actor: 'tester', outcome: 'OK', entityId: id, durationMs: expect.any(Number) });
  expect(new Set(entries.map(({ requestId }) => requestId)).size).toBe(3);
});

it('G17 keeps a query that the caller may not run as a security event', async () => {
  const viewer = await hub.as({ role: 'viewer', sub: 'curious' });

  const entries = await entriesOf(() => viewer.graphql('query Peek { auditLog { nodes { id } } }'));
  const onSocket = await entriesOf(() =>
    viewer
      .subscribe('query Peek { apiKeys { id } }')
      .next()
      .catch(() => {}),
  );

  expect(entries).toMatchObject([{ action: 'query.refuse', actor: 'curious', outcome: 'REFUSED' }]);
  expect(onSocket).toMatchObject([{ action: 'query.refuse', actor: 'curious', outcome: 'REFUSED' }]);
});

it('G17 F18 keeps what was asked and what came of it, and masks secrets', async () => {
  const input = {
    ...{ merchantId: 'merchant-1', name: 'Another', connector: 'b2b-portal', mode: 'HYBRID' },
    credentials: { apiKey: 'do-not-keep-1234', apiSecret: 'do-not-keep-5678' },
    settings: { baseUrl: hub.portal.url, merchantId: 'm' },
  };
  const create = `mutation ($input: CreateIntegrationInput!) { createIntegration(input: $input) { integration { id } } }`;

  await hub.admin.ask(create, { input });
  const refused = await moveOrder(hub.admin, { id: 'ord_unknown', status: 'PAID' });
  const { rows } = await hub.db.pool.query<{ details: string }>(
    'select details::text from audit_entries order by id desc limit 2',
  );

  const [failed, made] = rows.map(({ details }) => JSON.parse(details));
  expect(made.request.input).toEqual({ ...input, enabled: true, credentials: '***' });
  expect(failed).toMatchObject({
    code: refused.userErrors[0]?.code,
    message: refused.userErrors[0]?.message,
    request: { input: { id: 'ord_unknown', status: 'PAID' } },
  });
  expect(JSON.stringify(rows)).not.toContain('do-not-keep');
});

it.each([
  `update audit_entries set actor = 'x'`,
  'delete from audit_entries',
  'truncate audit_entries',
  `set local session_replication_role = replica; update audit_entries set actor = 'x'`,
])('F18 refuses %s', async (statement) => {
  const changing = hub.db.transaction(({ sql }) =>
    sql(
      `do $$ begin ${statement.replace('set local session_replication_role = replica;', `perform set_config('session_replication_role', 'replica', true);`)}; end $$`,
    ),
  );

  await expect(changing).rejects.toThrow('append-only');
});

it('G17 writes down that a webhook was refused, whatever text came with it', async () => {
  const INGEST = 'mutation ($input: IngestWebhookInput!) { ingestWebhook(input: $input) { userErrors { code } } }';
  const input = { integrationId: 'b2b-portal', headers: {}, body: '{}', remoteAddress: 'half \ud800\0' };

  const entries = await entriesOf(async () => {
    const { ingestWebhook } = await hub.admin.ask<{ ingestWebhook: unknown }>(INGEST, { input });
    expect(ingestWebhook).toEqual({ userErrors: [{ code: 'SIGNATURE_INVALID' }] });
  });

  expect(entries).toMatchObject([{ action: 'webhook.refuse', outcome: 'REFUSED', integrationId: 'b2b-portal' }]);
});
