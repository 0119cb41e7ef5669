import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { HubError, isRetryable } from '../../errors.js';
import { classify, readAnswer } from '../classify.js';
import type { UpstreamHttp, UpstreamRequest, UpstreamResponse } from '../http.js';
import type { TokenStore } from '../tokens.js';
import type { ExtensivCredentials, ExtensivSettings } from './settings.js';
import { createSignIn } from './sign-in.js';
import { CreatedOrder, ListAnswer, ReadOrder } from './wire.js';

type Query = Record<string, string | undefined>;

/** One method per remote call. All throw {@link HubError}s with the codes of `classify.ts` and `http.ts`; null: not there. */
export interface ExtensivClient {
  listProducts(query: Query): Promise<ListAnswer>;
  readProduct(id: string): Promise<unknown>;
  listInventory(query: Query): Promise<ListAnswer>;
  readInventory(sku: string): Promise<unknown>;
  createOrder(body: unknown): Promise<z.infer<typeof CreatedOrder>>;
  listOrders(query: Query): Promise<ListAnswer>;
  readOrder(id: string): Promise<ReadOrder | null>;
  readOrderStatus(id: string): Promise<ReadOrder | null>;
  updateOrder(id: string, body: unknown): Promise<void>;
  /** One question, not repeated. */
  checkHealth(): Promise<void>;
}

/** A longer wait is left to the outbox, which keeps other work going meanwhile. */
const LONGEST_WAIT_MS = 10_000;

interface Call {
  method: UpstreamRequest['method'];
  path: string;
  query?: Query;
  body?: unknown;
}

export function createExtensivClient(
  http: UpstreamHttp,
  settings: ExtensivSettings,
  credentials: ExtensivCredentials,
  tokens: TokenStore,
): ExtensivClient {
  const signIn = createSignIn(http, settings, credentials);
  const send = async (call: Call, refused?: string, isLast = false): Promise<UpstreamResponse> => {
    let isFresh = false;
    const signInNow = () => {
      isFresh = true;
      return signIn();
    };
    const token = await tokens.get(signInNow, refused);
    const response = await http.send(toRequest(call, settings, token));
    if (response.status !== 401 || isLast) return response;
    // A kept token may be another process's and as void: only one that was got for this call tells that nothing helps.
    return refused !== undefined && isFresh ? response : send(call, token, refused !== undefined);
  };
  const ask = (path: string, query?: Query) => patiently(() => send({ method: 'GET', path, query }), settings);
  const one = async <T>(path: string, shape: z.ZodType<T>) => {
    const response = await ask(path);
    return response.status === 404 ? null : readAnswer(response, shape);
  };
  const order = (id: string) => `orders/${encodeURIComponent(id)}`;
  return {
    listProducts: async (query) => readAnswer(await ask('products', query), ListAnswer),
    readProduct: (id) => one(`products/${encodeURIComponent(id)}`, z.unknown()),
    listInventory: async (query) => readAnswer(await ask('inventory', query), ListAnswer),
    readInventory: (sku) => one(`inventory/${encodeURIComponent(sku)}`, z.unknown()),
    createOrder: async (body) => readAnswer(await send({ method: 'POST', path: 'orders', body }), CreatedOrder),
    listOrders: async (query) => readAnswer(await ask('orders', query), ListAnswer),
    readOrder: (id) => one(order(id), ReadOrder),
    readOrderStatus: (id) => one(`${order(id)}/status`, ReadOrder),
    updateOrder: async (id, body) => check(await send({ method: 'PATCH', path: order(id), body })),
    checkHealth: async () => check(await send({ method: 'GET', path: 'orders', query: { limit: '1' } })),
  };
}

function check(response: UpstreamResponse): void {
  const failure = classify(response);
  if (failure) throw failure;
}

function toRequest({ method, path, query = {}, body }: Call, settings: ExtensivSettings, token: string) {
  const url = new URL(`${settings.baseUrl}/api/v1/${path}`);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return {
    method,
    url: url.href,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    timeoutMs: settings.timeout,
    secrets: [token],
  };
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
