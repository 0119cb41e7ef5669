import type { HubError } from '../../errors.js';
import { readAnswer, readConflict, refuseWebPage, saysNothing } from '../upstream/classify.js';
import type { UpstreamHttp, UpstreamRequest, UpstreamResponse } from '../upstream/http.js';
import { pathSegment } from '../upstream/path-segment.js';
import type { PortalCredentials, PortalSettings } from './settings.js';
import { CreatedEntity, ExistingEntity, ReadAnswer, type ReadEntity, UpdatedEntity } from './wire.js';

/** The portal's two collections. */
export type Collection = 'orders' | 'invoices';
type Written = { id: string; number: string | null };

/** One method per remote call. All throw {@link HubError}s with the codes of `classify.ts` and `http.ts`. */
export interface PortalClient {
  /** `isRepeat`: an earlier call may have made it, although its answer was lost. */
  create(collection: Collection, body: unknown, idempotencyKey: string, isRepeat: boolean): Promise<Written>;
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
    async create(collection, body, key, isRepeat) {
      const response = await call('POST', collection, { body, key });
      return findOwn(collection, response, body, isRepeat) ?? written(readAnswer(response, CreatedEntity));
    },
    async update(collection, id, body, key) {
      const response = await call('PUT', `${collection}/${pathSegment(id)}`, { body, key });
      return saysNothing(response) ? { id, number: null } : written({ ...readAnswer(response, UpdatedEntity), id });
    },
    async read(collection, id) {
      const response = await call('GET', `${collection}/${pathSegment(id)}`);
      if (response.status === 404) return null;
      const told = readAnswer(response, ReadAnswer);
      return { ...told, id: told.id ?? id };
    },
    async checkHealth() {
      refuseWebPage(await call('GET', 'health'));
    },
  };
}

const OWN = { orders: ['erp_order_id', 'order_number'], invoices: ['erp_invoice_id', 'invoice_number'] } as const;

/**
 * A portal that forgets keys may refuse what it has by showing it. An earlier call made it where it carries the hub's own id;
 * where it tells none: where a call went before, and the number is the one that was sent.
 */
function findOwn(collection: Collection, response: UpstreamResponse, body: unknown, isRepeat: boolean): Written | null {
  const found = readConflict(response, ExistingEntity);
  if (!found) return null;
  const sent = body as Record<string, unknown>;
  const [idField, numberField] = OWN[collection];
  const { [idField]: hubId, [numberField]: number } = found;
  const isOwn = hubId == null ? isRepeat && number != null && number === sent[numberField] : hubId === sent[idField];
  return isOwn ? written(found) : null;
}

function written(entity: CreatedEntity): Written {
  return { id: entity.id, number: entity.order_number ?? entity.invoice_number ?? null };
}
