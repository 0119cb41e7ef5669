import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ErpHub, startErpHub } from './erp-hub.js';
import { cursorNow, settled } from './order-client.js';

const P = 'Escooter_ErpConnector::';

interface Sent {
  syncOrder: { syncEvent: object | null; userErrors: { code: string; message: string }[] };
}

let erpHub: ErpHub;
beforeAll(async () => {
  erpHub = await startErpHub();
});
afterAll(() => erpHub?.stop());

/** What an admin's token with these permissions is refused, or sees nothing of. */
async function withPermissions(permissions: string[], orderId: string, syncEventId: string | undefined) {
  const client = await erpHub.hub.as({ role: 'admin', permissions });
  const read = async (query: string) => {
    const { data, errors } = await client.graphql(query);
    return errors.map(({ extensions }) => extensions?.['code'])[0] ?? Object.values(data ?? {})[0];
  };
  const own = (await read('{ connectorHealth { integration { connector } } }')) as {
    integration: { connector: string };
  }[];
  return {
    event: await read(`{ syncEvent(id: "${syncEventId}") { status } }`).then((event) =>
      event === 'FORBIDDEN' ? event : 'SEEN',
    ),
    settings: await read('{ integration(id: "escooter") { settings } }').then((found) =>
      found === 'FORBIDDEN' ? found : 'SEEN',
    ),
    links: ((await read(`{ order(id: "${orderId}") { links { state } } }`)) as { links: unknown[] }).links.length,
    systems: [...new Set(own.map(({ integration }) => integration.connector))].sort(),
    job: await read('mutation { runJob(name: "evaluate-alerts") { userErrors { code } } }').then((run) =>
      JSON.stringify(run).includes('FORBIDDEN') ? 'FORBIDDEN' : 'RUN',
    ),
  };
}

it('S13 view_status, config and manage decide of the ERP what its bearer reads and runs, and of no other system', async () => {
  const { id } = await erpHub.invoiced();
  const { syncs, links } = await erpHub.synced(id);
  const of = (...rights: string[]) =>
    withPermissions(
      rights.map((right) => P + right),
      id,
      syncs[0]?.id,
    );

  const seen = { event: 'SEEN', links: links.length, systems: ['b2b-portal', 'escooter'] };
  const unseen = { event: 'FORBIDDEN', links: links.length - 1, systems: ['b2b-portal'] };
  expect(await of()).toEqual({ ...seen, settings: 'SEEN', job: 'RUN' });
  expect(await of('sync')).toEqual({ ...unseen, settings: 'FORBIDDEN', job: 'FORBIDDEN' });
  expect(await of('view_status')).toEqual({ ...seen, settings: 'FORBIDDEN', job: 'FORBIDDEN' });
  expect(await of('config')).toEqual({ ...unseen, settings: 'SEEN', job: 'FORBIDDEN' });
  expect(await of('manage')).toMatchObject({ ...unseen, settings: 'FORBIDDEN' });
});

it('S13 whoever may sync may not hear how it went: a subscription tells of the other systems alone', async () => {
  const client = await erpHub.hub.as({ role: 'operator', permissions: [`${P}sync`] });
  const heard = client.subscribe<{ syncEventChanged: { integrationId: string } }>(
    'subscription ($after: Cursor) { syncEventChanged(after: $after) { integrationId } }',
    { after: await cursorNow(erpHub.hub.admin) },
  );
  const { id } = await erpHub.invoiced();
  await erpHub.synced(id);
  await settled(erpHub.hub.admin, 'order', (await erpHub.place()).id, 'SYNCED');

  const systems = new Set<string>();
  for (let count = 0; count < 6; count += 1)
    systems.add((await heard.next()).value?.syncEventChanged.integrationId ?? '');
  await heard.return(undefined);
  const named = await client
    .subscribe('subscription { syncEventChanged(filter: { integrationId: "escooter" }) { newStatus } }')
    .next()
    .then(
      () => 'HEARD',
      (error: unknown) => JSON.stringify(error),
    );

  expect([...systems]).toEqual(['b2b-portal']);
  expect(named).toContain(`${P}view_status`);
});

it('S13 a bearer of sync alone starts a sync and sees what became of it, and nothing else of the ERP', async () => {
  const { id } = await erpHub.invoiced();
  await erpHub.synced(id);
  const client = await erpHub.hub.as({ role: 'viewer', permissions: [`${P}sync`] });

  const SYNC = `mutation ($force: Boolean!) { syncOrder(input: { id: "${id}", integrationId: "escooter", force: $force }) {
    syncEvent { status entityId } userErrors { code message } } }`;
  const sent = await client.ask<Sent>(SYNC, { force: false });
  const again = await client.ask<Sent>(SYNC, { force: true });

  expect(sent.syncOrder).toEqual({ syncEvent: { status: expect.any(String), entityId: id }, userErrors: [] });
  expect(again.syncOrder).toMatchObject({ syncEvent: null, userErrors: [{ code: 'FORBIDDEN' }] });
  expect(again.syncOrder.userErrors[0]?.message).toContain(`${P}resync`);
});

it('S13 a token makes no API key that may more than itself', async () => {
  const client = await erpHub.hub.as({ role: 'admin', permissions: [`${P}sync`] });
  const make = async (permissions: string[]) => {
    const { createApiKey } = await client.ask<{ createApiKey: { userErrors: { code: string }[] } }>(
      'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { userErrors { code } } }',
      { input: { name: 'one more', role: 'viewer', permissions } },
    );
    return createApiKey.userErrors.map(({ code }) => code);
  };

  expect(await make([])).toEqual(['FORBIDDEN']);
  expect(await make([`${P}sync`, `${P}config`])).toEqual(['FORBIDDEN']);
  expect(await make([`${P}sync`])).toEqual([]);
});

it('S13 an id that no row can have is unknown to whose token names permissions, too', async () => {
  const client = await erpHub.hub.as({ role: 'operator', permissions: [`${P}sync`] });

  const answers = await Promise.all([
    client.graphql(String.raw`{ integrationMetrics(integrationId: "a\u0000") { errors { code } } }`),
    client.graphql(String.raw`mutation { retrySyncEvent(id: "a\u0000") { userErrors { code } } }`),
    client.graphql(String.raw`mutation { testConnection(integrationId: "a\u0000") { userErrors { code } } }`),
  ]);

  expect(JSON.stringify(answers)).not.toContain('INTERNAL');
  expect(JSON.stringify(answers).match(/NOT_FOUND|BAD_USER_INPUT/g)).toHaveLength(answers.length);
});
