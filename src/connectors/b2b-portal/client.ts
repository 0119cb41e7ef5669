import type { z } from 'zod';
import type { HubError } from '../../errors.js';
import { readAnswer, refuseWebPage, saysNothing } from '../classify.js';
import type { UpstreamHttp, UpstreamRequest } from '../http.js';
import { pathSegment } from '../path-segment.js';
import type { PortalCredentials, PortalSettings } from './settings.js';
import { CreatedEntity, ReadEntity, UpdatedEntity } from './wire.js';

/** The portal's two collections. */
export type Collection = 'orders' | 'invoices';
type Written = { id: string; number: string | null };

/** One method per remote call. All throw {@link HubError}s with the codes of `classify.ts` and `http.ts`. */
export interface PortalClient {
  create(collection: Collection, body: unknown, idempotencyKey: string): Promise<Written>;
  update(collection: Collection, id: string, body: unknown, idempotencyKey: string): Promise<Written>;
  /** Null: the portal does not have it. */
  read(collection: Collection, id: string): Promise<ReadEntity | null>;
  checkHealth(): Promise<void>;
}

export function createPortalClient(
  http: UpstreamHttp,
  { baseUrl, merchantId, timeout }: PortalSettings,
  { apiKey, apiSecret }: PortalCredentials,
): PortalClient {
  const call = (method: UpstreamRequest['method'], path: string, write?: { body: unknown; key: string }) =>
    http.send({
      method,
      url: `${baseUrl}/${path}`,
      headers: {
        accept: 'application/json',
        'x-api-key': apiKey,
        'x-merchant-id': merchantId,
        ...(write && { 'content-type': 'application/json', 'idempotency-key': write.key }),
      },
      body: write && JSON.stringify(write.body),
      timeoutMs: timeout,
      secrets: apiSecret === undefined ? [] : [apiSecret],
    });
  return {
    async create(collection, body, key) {
      return written(readAnswer(await call('POST', collection, { body, key }), CreatedEntity));
    },
    async update(collection, id, body, key) {
      const response = await call('PUT', `${collection}/${pathSegment(id)}`, { body, key });
      return saysNothing(response) ? { id, number: null } : written({ ...readAnswer(response, UpdatedEntity), id });
    },
    async read(collection, id) {
      const response = await call('GET', `${collection}/${pathSegment(id)}`);
      return response.status === 404 ? null : readAnswer(response, ReadEntity);
    },
    async checkHealth() {
      refuseWebPage(await call('GET', 'health'));
    },
  };
}

function written(entity: z.infer<typeof CreatedEntity>): Written {
  return { id: entity.id, number: entity.order_number ?? entity.invoice_number ?? null };
}
