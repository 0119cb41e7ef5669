import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { type FlashErpHub, startFlashErpHub } from './flasherp-hub.js';
import { createInvoice, createOrder, idOf, mutate, orderInput } from './order-client.js';

const KEYS = { apiKey: 'erp-key-1234567890', apiSecret: 'erp-secret-1234567890' };
let hub: FlashErpHub;
let erp: SpawnedSimulator;

beforeAll(async () => {
  erp = await spawnSimulator('escooter', KEYS);
  hub = await startFlashErpHub({
    ESCOOTER_ERP_BASE_URL: erp.url,
    ESCOOTER_ERP_API_KEY: KEYS.apiKey,
    ESCOOTER_ERP_HMAC_SECRET: KEYS.apiSecret,
  });
});
afterAll(async () => {
  await hub.stop();
  await erp.stop();
});

interface Blocker {
  code: string;
  message: string;
  nextAt: string | null;
  mutation: string | null;
  variables: Record<string, unknown> | null;
}

const SHOW = 'query ($id: ID!) { order(id: $id) { erpSynced blockers { code integration { id } } } }';

/** Of an integration, once there are some that are as wanted. */
function blockersAt(integrationId: string, noun: string, id: string, code: string): Promise<Blocker[]> {
  return eventually(
    async () => {
      const { found } = await hub.admin.ask<{ found: { blockers: (Blocker & { integration: { id: string } })[] } }>(
        `query ($id: ID!) { found: ${noun}(id: $id) { blockers { code message nextAt mutation variables integration { id } } } }`,
        { id },
      );
      return found.blockers.filter(({ integration }) => integration.id === integrationId);
    },
    (blockers) => blockers.some((one) => one.code === code && (noun !== 'transaction' || one.mutation !== null)),
  );
}

it('N1 F2 follows a transaction that waits to the dead letter of its customer, and both go when that is retried', async () => {
  const refusal = { status: 422, message: 'The e-mail is wrong', count: 1 };
  await hub.erp.control.addFault({ kind: 'status', method: 'POST', path: '/customers', ...refusal });
  const customer = { reference: 'c-stuck', name: 'Ayşe' };
  const id = await idOf(hub.createTransaction({ reference: 'pi_stuck', customer }));

  const chain = await blockersAt('flasherp', 'transaction', id, 'WAITING_FOR_ENTITY');
  const retry = chain.find(({ mutation }) => mutation === 'retrySyncEvent');
  await hub.admin.ask(
    'mutation ($id: ID!) { retrySyncEvent(id: $id) { userErrors { code } } }',
    retry?.variables ?? {},
  );
  const sent = await eventually(
    async () => (await hub.erp.control.state())['transactions'] ?? [],
    (all) => all.length === 1,
  );

  expect(chain).toMatchObject([
    { code: 'WAITING', nextAt: null },
    { code: 'WAITING_FOR_ENTITY', message: expect.stringContaining('has failed for good'), nextAt: null },
    { code: 'UPSTREAM_REJECTED', message: expect.stringContaining('The e-mail is wrong') },
  ]);
  expect(sent).toMatchObject([{ reference: 'pi_stuck' }]);
});

it('N1 S1 says that an order waits for the schedule, and that a person may send it', async () => {
  const settings = { immediate: false };
  await idOf(
    mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', { id: 'escooter', settings }),
  );
  const id = await idOf(createOrder(hub.admin, orderInput()));
  await idOf(createInvoice(hub.admin, { orderId: id, number: 'INV-HELD' }));

  const chain = await blockersAt('escooter', 'order', id, 'WAITING_FOR_SCHEDULE');
  await idOf(
    mutate(hub.admin, 'syncOrder', 'SyncEntityInput', 'syncEvent', { ...(chain[1]?.variables?.['input'] as object) }),
  );

  expect(chain).toMatchObject([
    { code: 'WAITING' },
    { code: 'WAITING_FOR_SCHEDULE', mutation: 'syncOrder', nextAt: null },
  ]);
  const sent = await eventually(
    async () => (await erp.control.state())['orders'] ?? [],
    (orders) => orders.length === 1,
  );
  expect(sent).toHaveLength(1);
});

it('N1 S1 says that an order waits for its invoice, and an invoice sends it', async () => {
  await idOf(
    mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', {
      id: 'escooter',
      settings: { immediate: true },
    }),
  );
  const id = await idOf(createOrder(hub.admin, orderInput()));

  const chain = await blockersAt('escooter', 'order', id, 'WAITING_FOR_INVOICE');
  await idOf(
    mutate(hub.admin, 'createInvoice', 'CreateInvoiceInput', 'invoice', {
      ...(chain[0]?.variables?.['input'] as object),
    }),
  );

  expect(chain).toMatchObject([{ code: 'WAITING_FOR_INVOICE', mutation: 'createInvoice', nextAt: null }]);
  await eventually(
    () => hub.admin.ask<{ order: { erpSynced: boolean; blockers: object[] } }>(SHOW, { id }),
    ({ order }) => order.erpSynced && order.blockers.length === 0,
  );
});
