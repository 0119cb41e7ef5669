import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ErpHub, startErpHub } from './erp-hub.js';

const P = 'Escooter_ErpConnector::';

let erpHub: ErpHub;
beforeAll(async () => {
  erpHub = await startErpHub();
});
afterAll(() => erpHub?.stop());

it('S13 view_status, config and manage bind what the token reads in the schema, hears of, and may run', async () => {
  const { id } = await erpHub.invoiced();
  const { syncs } = await erpHub.synced(id);
  const refusals = async (permissions: string[]) => {
    const client = await erpHub.hub.as({ role: 'admin', permissions });
    const codeOf = async (query: string) =>
      (await client.graphql(query)).errors.map(({ extensions }) => extensions?.['code'])[0] ?? null;
    const heard = client
      .subscribe('subscription { syncEventChanged { newStatus } }')
      .next()
      .then(
        () => null,
        () => 'FORBIDDEN',
      );
    return {
      read: [
        await codeOf(`{ syncEvent(id: "${syncs[0]?.id}") { status } }`),
        await codeOf('{ syncEvents { nodes { operation } } }'),
        await codeOf(`{ order(id: "${id}") { links { state } } }`),
        await codeOf('{ syncStatistics { total } }'),
        await codeOf('{ metrics { syncs { attempts } } }'),
        await codeOf('{ pullSamples { nodes { pullId } } }'),
      ],
      settings: await codeOf('{ integration(id: "escooter") { settings } }'),
      orders: await codeOf('{ orders { nodes { number } } }'),
      sent: await codeOf(
        `mutation { syncOrder(input: { id: "${id}", integrationId: "escooter", force: true }) {
          syncEvent { id status } userErrors { code } } }`,
      ),
      job: (
        await client.ask<{ runJob: { userErrors: { code: string }[] } }>(
          'mutation { runJob(name: "evaluate-alerts") { userErrors { code } } }',
        )
      ).runJob.userErrors[0]?.code,
      heard: permissions.includes(`${P}view_status`) || permissions.length === 0 ? null : await heard,
    };
  };
  const none = [null, null, null, null, null, null];
  const all = none.map(() => 'FORBIDDEN');

  expect(await refusals([`${P}sync`])).toEqual({
    ...{ sent: null, read: all, settings: 'FORBIDDEN', orders: null, job: 'FORBIDDEN', heard: 'FORBIDDEN' },
  });
  expect(await refusals([`${P}view_status`])).toMatchObject({ read: none, settings: 'FORBIDDEN', job: 'FORBIDDEN' });
  expect(await refusals([`${P}config`])).toMatchObject({ read: all, settings: null, job: 'FORBIDDEN' });
  expect(await refusals([`${P}manage`])).not.toMatchObject({ job: 'FORBIDDEN' });
  expect(await refusals([])).toMatchObject({ read: none, settings: null });
});
