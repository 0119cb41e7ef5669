import { signFlashErp } from '../../src/connectors/flasherp/client.js';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import { mutate } from './order-client.js';

export const KEY = 'flasherp-key-1234567890';
export const SECRET = 'flasherp-secret-1234567890';

/** A hub with an integration `flasherp` whose simulator runs in a process of its own. */
export interface FlashErpHub extends TestHub {
  erp: SpawnedSimulator;
  /** One signed call of FlashERP itself. */
  callErp(method: string, path: string, body?: unknown): Promise<Response>;
  createTransaction(more: object): ReturnType<typeof mutate>;
  createSubscription(more: object): ReturnType<typeof mutate>;
}

/** `later` is read again by each hub that is started beside it. */
export async function startFlashErpHub(
  env: Record<string, string> = {},
  later: Record<string, string> = {},
): Promise<FlashErpHub> {
  const erp = await spawnSimulator('flasherp', { apiKey: KEY, apiSecret: SECRET });
  const variables = {
    FLASHERP_API_KEY: KEY,
    FLASHERP_API_SECRET: SECRET,
    FLASHERP_WEBHOOK_SECRET: SECRET,
    FLASHERP_BASE_URL: erp.url,
  };
  const hub = await startTestHub({ env: Object.assign(later, { ...variables, ...env }) });
  await erp.control.configure({ webhookUrl: `${hub.url}/api/webhooks/flasherp` });
  const money = { merchantId: MERCHANT, amount: '19.90', currency: 'EUR' };
  return {
    ...hub,
    erp,
    callErp: (method, path, body) => callErp(erp.url, method, path, body),
    createTransaction: (more) =>
      mutate(hub.admin, 'createTransaction', 'CreateTransactionInput', 'transaction', { ...money, ...more }),
    createSubscription: (more) =>
      mutate(hub.admin, 'createBillingSubscription', 'CreateBillingSubscriptionInput', 'billingSubscription', {
        ...money,
        plan: 'pro',
        ...more,
      }),
    stop: async () => {
      await hub.stop();
      await erp.stop();
    },
  };
}

function callErp(url: string, method: string, path: string, body?: unknown): Promise<Response> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = signFlashErp(SECRET, timestamp, text);
  return fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${KEY}`,
      'x-flasherp-timestamp': timestamp,
      'x-flasherp-signature': signature,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: text }),
  });
}

/** A webhook as FlashERP signs it; answers the hub's response. */
export function sendWebhook(hub: { url: string }, event: object, more: { secret?: string; at?: number } = {}) {
  const body = JSON.stringify(event);
  const timestamp = String(Math.floor((more.at ?? Date.now()) / 1000));
  const signature = signFlashErp(more.secret ?? SECRET, timestamp, body);
  const headers = { 'x-flasherp-timestamp': timestamp, 'x-flasherp-signature': signature };
  return fetch(`${hub.url}/api/webhooks/flasherp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}
