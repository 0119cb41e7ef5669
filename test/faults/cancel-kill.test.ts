import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createOrder, idOf, mutate, orderInput } from '../features/order-client.js';
import { eventually } from '../harness/eventually.js';
import { holdUp } from '../harness/hold-up.js';
import { type KillableHub, startKillableHub } from '../harness/killable-hub.js';

const ORDERS = 55;
const merchantId = 'merchant-1';
let hub: KillableHub;

beforeAll(async () => {
  hub = await startKillableHub();
});
afterAll(() => hub.stop());

interface Run {
  state: string;
  lookedCount: number;
  syncEventId: string;
}
const show = async (id: string) =>
  (
    await hub.admin.ask<{ run: Run }>('query ($id: ID!) { run: fullSync(id: $id) { state lookedCount syncEventId } }', {
      id,
    })
  ).run;

it('F6 H2 a cancelled run does not go on when its worker was killed', async () => {
  await Promise.all(Array.from({ length: ORDERS }, () => idOf(createOrder(hub.admin, orderInput()))));
  const settings = { baseUrl: 'http://127.0.0.1:9', merchantId, circuitOpenMs: 100 };
  const integrationId = await idOf(
    mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
      ...{
        merchantId,
        name: 'Portal',
        connector: 'b2b-portal',
        mode: 'HYBRID',
        credentials: { apiKey: 'a' },
        settings,
      },
    }),
  );
  const [order] = (await hub.db.pool.query('select id from orders order by id offset 52 limit 1')).rows;
  const release = await holdUp(hub.db.url, `select 1 from orders where id = '${order.id}' for update`);
  const input = { integrationId, entityTypes: ['ORDER'] };
  const id = await idOf(mutate(hub.admin, 'startFullSync', 'StartFullSyncInput', 'fullSync', input));
  const { syncEventId } = await eventually(
    () => show(id),
    ({ lookedCount }) => lookedCount === 50,
  );

  await hub.admin.ask('mutation ($id: ID!) { cancelFullSync(id: $id) { userErrors { code } } }', { id });
  await hub.kill();
  await release();
  await hub.startAgain();

  const ended = await eventually(
    () =>
      hub.admin.ask<{ syncEvent: { status: string } }>('query ($id: ID!) { syncEvent(id: $id) { status } }', {
        id: syncEventId,
      }),
    ({ syncEvent }) => syncEvent.status === 'SUCCESS' || syncEvent.status === 'SKIPPED',
    60_000,
  );
  expect(ended.syncEvent.status).toBe('SUCCESS');
  expect(await show(id)).toMatchObject({ state: 'CANCELLED', lookedCount: 50 });
});
