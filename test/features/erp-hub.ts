import { createHmac } from 'node:crypto';
import { expect } from '@jest/globals';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createInvoice, createOrder, idOf, orderInput } from './order-client.js';

export const PATH = '/rest/V1/erpconnector';
/** A merchant whose integration waits next to nothing. */
export const HASTY = 'merchant-hasty';
const KEYS = { apiKey: 'erp-key-1234567890', apiSecret: 'erp-secret-1234567890' };

interface Sync {
  id: string;
  status: string;
  held: boolean;
  attemptCount: number;
  maxAttempts: number;
  lastAttemptAt: string | null;
  nextAttemptAt: string | null;
  externalId: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  idempotencyKey: string;
  payload: { number: string };
  attempts: { startedAt: string; request: { headers: Record<string, string> }; response: { body: string } }[];
}

const SYNCS = `query ($id: ID!) { order(id: $id) { erpSynced status trackingNumbers links { externalId state integration { id } }
  syncEvents(first: 20) { nodes { id status held attemptCount maxAttempts lastAttemptAt nextAttemptAt externalId errorCode
    errorMessage idempotencyKey payload direction integration { id } attempts { startedAt request response } } } } }`;

interface Shown {
  erpSynced: boolean;
  status: string;
  trackingNumbers: string[];
  links: { externalId: string | null; state: string; integration: { id: string } }[];
  syncEvents: { nodes: (Sync & { direction: string; integration: { id: string } })[] };
}
type ErpShown = Shown & { link: Shown['links'][number] | undefined; syncs: Sync[] };
type Errors = { payload: { userErrors: unknown[] } };
export type ErpHub = Awaited<ReturnType<typeof startErpHub>>;

/** A hub with a simulated Escooter ERP beside the portal, and what tests do with both. */
export async function startErpHub(env: Record<string, string> = {}) {
  const erp = await spawnSimulator('escooter', KEYS);
  const hub = await startTestHub({
    env: {
      ESCOOTER_ERP_BASE_URL: erp.url,
      ESCOOTER_ERP_API_KEY: KEYS.apiKey,
      ESCOOTER_ERP_HMAC_SECRET: KEYS.apiSecret,
      ...env,
    },
  });
  await erp.control.configure({ webhookUrl: `${hub.url}${PATH}/webhook` });
  const hastyId = await addHasty(hub, erp);
  const show = (id: string) => showOrder(hub, id);
  const shownWhen = (id: string, wanted: (shown: ErpShown) => boolean) => eventually(() => show(id), wanted);
  const place = (more: object = {}) => placeOrder(hub, more);
  return {
    ...{ hub, erp, hastyId, keys: KEYS, show, shownWhen, place },
    synced: (id: string) => shownWhen(id, ({ link }) => link?.state === 'SYNCED'),
    async invoiced(more: object = {}) {
      const order = await place(more);
      await idOf(createInvoice(hub.admin, { orderId: order.id, number: `INV-${order.number}` }));
      return order;
    },
    sent: (number: string) => sentOrders(erp, number),
    async rest(method: string, path: string, body?: unknown) {
      const answer = await hub.admin.rest(method, PATH + path, body);
      return { status: answer.status, body: answer.body as Record<string, unknown> };
    },
    async configure(settings: Record<string, unknown>, id = 'escooter') {
      const { payload } = await hub.admin.ask<Errors>(
        'mutation ($input: UpdateIntegrationInput!) { payload: updateIntegration(input: $input) { userErrors { message } } }',
        { input: { id, settings } },
      );
      expect(payload.userErrors).toEqual([]);
    },
    callback: (body: object | string, headers?: Record<string, string>) => callback(hub, body, headers),
    async stop() {
      await hub.stop();
      await erp.stop();
    },
  };
}

/** Without a portal beside it. */
async function addHasty(hub: TestHub, erp: SpawnedSimulator): Promise<string> {
  const settings = { baseUrl: erp.url, baseDelay: 0.005, circuitFailures: 1000 };
  const { payload } = await hub.admin.ask<Errors & { payload: { integration: { id: string } } }>(
    'mutation ($input: CreateIntegrationInput!) { payload: createIntegration(input: $input) { integration { id } userErrors { message } } }',
    { input: { merchantId: HASTY, name: 'ERP', connector: 'escooter', mode: 'HYBRID', credentials: KEYS, settings } },
  );
  expect(payload.userErrors).toEqual([]);
  return payload.integration.id;
}

async function showOrder(hub: TestHub, id: string): Promise<ErpShown> {
  const { order } = await hub.admin.ask<{ order: Shown }>(SYNCS, { id });
  const link = order.links.find(({ integration }) => integration.id.startsWith('escooter'));
  const syncs = order.syncEvents.nodes.filter(
    ({ integration, direction }) => integration.id.startsWith('escooter') && direction === 'OUTBOUND',
  );
  return { ...order, link, syncs };
}

async function placeOrder(hub: TestHub, more: object): Promise<{ id: string; number: string }> {
  const input = orderInput(more);
  return { id: await idOf(createOrder(hub.admin, input)), number: input.number };
}

async function sentOrders(erp: SpawnedSimulator, number: string) {
  return (await erp.control.requests()).filter(
    ({ url, body }) => url === '/orders/sync' && JSON.parse(body).order_increment_id === number,
  );
}

/** Posts exact bytes, signed unless headers are given. */
async function callback(hub: TestHub, body: object | string, headers?: Record<string, string>) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const signature = createHmac('sha256', KEYS.apiSecret).update(text).digest('base64');
  const response = await fetch(`${hub.url}${PATH}/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(headers ?? { 'x-signature': signature }) },
    body: text,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
