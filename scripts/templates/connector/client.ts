import { classify, readAnswer } from '../../../src/connectors/upstream/classify.js';
import type { UpstreamHttp, UpstreamRequest } from '../../../src/connectors/upstream/http.js';
import type { NewSystemCredentials, NewSystemSettings } from './settings.js';
import { FoundOrder, WrittenOrder } from './wire.js';

/** One method per remote call. All throw {@link HubError}s with the codes of `classify.ts` and `http.ts`. */
export interface NewSystemClient {
  createOrder(body: unknown, idempotencyKey: string): Promise<WrittenOrder>;
  updateOrder(id: string, body: unknown, idempotencyKey: string): Promise<WrittenOrder>;
  /** Null: it does not have it. */
  readOrder(id: string): Promise<FoundOrder | null>;
  checkHealth(): Promise<void>;
}

/** The headers that let a call in. */
function accessHeaders(_credentials: NewSystemCredentials): Record<string, string> {
  throw new Error(
    'Fill in accessHeaders in src/connectors/new-system/client.ts: the headers by which it knows who calls.',
  );
}

export function createNewSystemClient(
  http: UpstreamHttp,
  { baseUrl, timeout }: NewSystemSettings,
  credentials: NewSystemCredentials,
): NewSystemClient {
  const call = (method: UpstreamRequest['method'], path: string, write?: { body: unknown; key: string }) =>
    http.send({
      method,
      url: `${baseUrl}${path}`,
      headers: {
        accept: 'application/json',
        ...accessHeaders(credentials),
        ...(write && { 'content-type': 'application/json', 'idempotency-key': write.key }),
      },
      body: write && JSON.stringify(write.body),
      timeoutMs: timeout,
      secrets: Object.values(credentials),
    });
  const oneOrder = (id: string) => `/orders/${encodeURIComponent(id)}`;
  return {
    createOrder: async (body, key) => readAnswer(await call('POST', '/orders', { body, key }), WrittenOrder),
    updateOrder: async (id, body, key) => readAnswer(await call('PUT', oneOrder(id), { body, key }), WrittenOrder),
    async readOrder(id) {
      const response = await call('GET', oneOrder(id));
      return response.status === 404 ? null : readAnswer(response, FoundOrder);
    },
    async checkHealth() {
      const failure = classify(await call('GET', '/health'));
      if (failure) throw failure;
    },
  };
}
