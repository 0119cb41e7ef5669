import { createHmac } from 'node:crypto';
import { readAnswer, readConflict, refuseWebPage, saysNothing } from '../upstream/classify.js';
import type { UpstreamHttp, UpstreamRequest, UpstreamResponse } from '../upstream/http.js';
import { pathSegment } from '../upstream/path-segment.js';
import type { Collection } from './mapping.js';
import type { FlashErpCredentials, FlashErpSettings } from './settings.js';
import { CreatedRecord, ExistingRecord, FlashErpPage, FlashErpRecord, UpdatedRecord } from './wire.js';

/** One method per remote call. All throw {@link HubError}s with the codes of `classify.ts` and `http.ts`. */
export interface FlashErpClient {
  /** FlashERP's id of it. */
  create(collection: Collection, body: unknown, idempotencyKey: string): Promise<string>;
  update(collection: Collection, id: string, body: unknown, idempotencyKey: string): Promise<void>;
  /** Null: FlashERP does not have it. */
  read(collection: Collection, id: string): Promise<FlashErpRecord | null>;
  /** What changed since an instant, from page 1, as it was told. */
  list(collection: Collection, updatedSince: Date | null, page: number, limit: number): Promise<unknown[]>;
  checkHealth(): Promise<void>;
}

/** Hex HMAC-SHA256 of `timestamp.body`: of calls by the API secret, of webhooks by the webhook secret. */
export function signFlashErp(secret: string, timestamp: string, body: string | Buffer): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

type Call = (
  method: UpstreamRequest['method'],
  path: string,
  write?: { body: unknown; key: string },
) => Promise<UpstreamResponse>;

function createCall(
  http: UpstreamHttp,
  { baseUrl, timeout }: FlashErpSettings,
  { apiKey, apiSecret, webhookSecret }: FlashErpCredentials,
): Call {
  return (method, path, write) => {
    const body = write && JSON.stringify(write.body);
    const timestamp = String(Math.floor(Date.now() / 1000));
    return http.send({
      method,
      url: `${baseUrl}/${path}`,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${apiKey}`,
        'x-flasherp-timestamp': timestamp,
        'x-flasherp-signature': signFlashErp(apiSecret, timestamp, body ?? ''),
        ...(write && { 'content-type': 'application/json', 'x-idempotency-key': write.key }),
      },
      body,
      timeoutMs: timeout,
      secrets: [apiKey, apiSecret, ...(webhookSecret === undefined ? [] : [webhookSecret])],
    });
  };
}

export function createFlashErpClient(
  http: UpstreamHttp,
  settings: FlashErpSettings,
  credentials: FlashErpCredentials,
): FlashErpClient {
  const call = createCall(http, settings, credentials);
  const one = (collection: Collection, id: string) => `${collection}/${pathSegment(id)}`;
  return {
    async create(collection, body, key) {
      const response = await call('POST', collection, { body, key });
      const found = readConflict(response, ExistingRecord);
      // An earlier call made it, and its key is forgotten there.
      const isOwn = found?.hub_id != null && found.hub_id === (body as { hub_id?: unknown }).hub_id;
      return isOwn ? found.id : readAnswer(response, CreatedRecord).id;
    },
    async update(collection, id, body, key) {
      const response = await call('PUT', one(collection, id), { body, key });
      if (!saysNothing(response)) readAnswer(response, UpdatedRecord);
    },
    async read(collection, id) {
      const response = await call('GET', one(collection, id));
      return response.status === 404 ? null : readAnswer(response, FlashErpRecord);
    },
    async list(collection, updatedSince, page, limit) {
      const since = updatedSince === null ? '' : `updated_since=${encodeURIComponent(updatedSince.toISOString())}&`;
      return readAnswer(await call('GET', `${collection}?${since}page=${page}&limit=${limit}`), FlashErpPage);
    },
    async checkHealth() {
      refuseWebPage(await call('GET', 'health'));
    },
  };
}
