import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { HubError, isRetryable } from '../../errors.js';
import { createBearerCall, queryText } from '../upstream/bearer-call.js';
import { classify, readAnswer } from '../upstream/classify.js';
import type { UpstreamHttp, UpstreamResponse } from '../upstream/http.js';
import { pathSegment } from '../upstream/path-segment.js';
import type { TokenStore } from '../upstream/tokens.js';
import type { ExtensivCredentials, ExtensivSettings } from './settings.js';
import { signIn } from './sign-in.js';
import { CreatedOrder, ListAnswer, ReadOrder } from './wire.js';

type Query = Record<string, string | undefined>;

/** One method per remote call. All throw {@link HubError}s with the codes of `classify.ts` and `http.ts`; null: not there. */
export interface ExtensivClient {
  listProducts(query: Query): Promise<ListAnswer>;
  readProduct(id: string): Promise<unknown>;
  listInventory(query: Query): Promise<ListAnswer>;
  readInventory(sku: string): Promise<unknown>;
  createOrder(body: unknown, idempotencyKey: string): Promise<z.infer<typeof CreatedOrder>>;
  listOrders(query: Query): Promise<ListAnswer>;
  readOrder(id: string): Promise<ReadOrder | null>;
  readOrderStatus(id: string): Promise<ReadOrder | null>;
  updateOrder(id: string, body: unknown, idempotencyKey: string): Promise<void>;
  /** One question, not repeated. */
  checkHealth(): Promise<void>;
}

/** A longer wait is left to the outbox, which keeps other work going meanwhile. */
const LONGEST_WAIT_MS = 10_000;

export function createExtensivClient(
  http: UpstreamHttp,
  settings: ExtensivSettings,
  credentials: ExtensivCredentials,
  tokens: TokenStore,
): ExtensivClient {
  const call = createBearerCall({
    ...{ http, tokens, signIn: () => signIn(http, settings, credentials), secrets: [] },
    ...{ baseUrl: `${settings.baseUrl}/api/v1/`, timeoutMs: settings.timeout },
  });
  const get = (path: string, query?: Query) =>
    call({ method: 'GET', path: query ? `${path}?${queryText(query)}` : path });
  const write = (method: 'POST' | 'PATCH', path: string, body: unknown, idempotencyKey: string) =>
    call({ method, path, body: JSON.stringify(body), idempotencyKey });
  const ask = (path: string, query?: Query) => patiently(() => get(path, query), settings);
  const one = async <T>(path: string, shape: z.ZodType<T>) => {
    const response = await ask(path);
    return response.status === 404 ? null : readAnswer(response, shape);
  };
  const order = (id: string) => `orders/${pathSegment(id)}`;
  return {
    listProducts: async (query) => readAnswer(await ask('products', query), ListAnswer),
    readProduct: async (id) => one(`products/${pathSegment(id)}`, z.unknown()),
    listInventory: async (query) => readAnswer(await ask('inventory', query), ListAnswer),
    readInventory: async (sku) => one(`inventory/${pathSegment(sku)}`, z.unknown()),
    createOrder: async (body, key) => readAnswer(await write('POST', 'orders', body, key), CreatedOrder),
    listOrders: async (query) => readAnswer(await ask('orders', query), ListAnswer),
    readOrder: async (id) => one(order(id), ReadOrder),
    readOrderStatus: async (id) => one(`${order(id)}/status`, ReadOrder),
    updateOrder: async (id, body, key) => check(await write('PATCH', order(id), body, key)),
    checkHealth: async () => check(await get('orders', { limit: '1' })),
  };
}

function check(response: UpstreamResponse): void {
  const failure = classify(response);
  if (failure) throw failure;
}

/** A question does no harm when it is repeated: 1 s, 2 s, 4 s later, or as long as the upstream asks for. */
async function patiently(
  send: () => Promise<UpstreamResponse>,
  { readRetries, readRetryBaseMs }: ExtensivSettings,
): Promise<UpstreamResponse> {
  for (let tried = 0; ; tried += 1) {
    const outcome = await send().catch(asHubError);
    const failure = outcome instanceof HubError ? outcome : classify(outcome);
    const waitMs = Math.max(readRetryBaseMs * 2 ** tried, failure?.retryAfterMs ?? 0);
    const isFinal = !failure || !isRetryable(failure.code) || tried >= readRetries || waitMs > LONGEST_WAIT_MS;
    if (!isFinal) await sleep(waitMs);
    else if (outcome instanceof HubError) throw outcome;
    else return outcome;
  }
}

function asHubError(error: unknown): HubError {
  if (error instanceof HubError) return error;
  throw error;
}
