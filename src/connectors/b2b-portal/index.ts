import { HubError } from '../../errors.js';
import type { InvoiceSnapshot, OrderSnapshot } from '../../model/snapshots.js';
import type { EntityType } from '../../model/statuses.js';
import { invoiceStatusesBefore, statusesUpTo } from '../../model/transitions.js';
import type { Connection, Connector, DeliveryResult, Effect, InboundEvent } from '../connector.js';
import { type FieldMappings, noFieldMappings } from '../field-mappings.js';
import { policyOf } from '../policy.js';
import { deliverSafely, UpstreamError, vanished } from '../upstream/classify.js';
import { type Collection, createPortalClient, type PortalClient } from './client.js';
import { invoiceToPortal, orderToPortal } from './mapping.js';
import { PortalCredentials, PortalSettings } from './settings.js';
import { entityOf, portalWebhooks } from './webhook.js';

/** The B2B Portal: orders and invoices out, their status back. */
export const b2bPortal: Connector<PortalCredentials, PortalSettings> = {
  name: 'b2b-portal',
  title: 'B2B Portal',
  sends: ['ORDER', 'INVOICE'],
  honoursIdempotencyKeys: true,
  credentials: PortalCredentials,
  settings: PortalSettings,
  policy: policyOf,
  webhooks: portalWebhooks,
  demo: {
    webhookPath: '/api/v1/b2b/webhooks/b2b',
    credentials: ({ apiKey, apiSecret }) => ({ apiKey, apiSecret }),
    settings: ({ url, merchantId }) => ({ baseUrl: url, merchantId }),
  },
  connect({ credentials, settings, mappings = noFieldMappings }, http): Connection {
    const client = createPortalClient(http, settings, credentials);
    return {
      deliver: (effect) => deliverSafely(() => deliver(client, mappings, effect)),
      checkHealth: () => client.checkHealth(),
      readStatus: (entityType, externalId) => readStatus(client, settings, entityType, externalId),
    };
  },
};

async function deliver(client: PortalClient, mappings: FieldMappings, effect: Effect): Promise<DeliveryResult> {
  const collection = collectionOf(effect.entityType);
  if (effect.operation === 'DELETE' || !effect.snapshot) {
    throw new HubError('UNSUPPORTED', 'The B2B Portal deletes nothing: cancel the order or void the invoice instead.');
  }
  const own =
    collection === 'orders'
      ? orderToPortal(effect.snapshot as OrderSnapshot)
      : invoiceToPortal(effect.snapshot as InvoiceSnapshot);
  const body = await mappings.outbound(effect.entityType, effect.snapshot, own);
  const { id, number } = effect.externalId
    ? await update(client, collection, effect.externalId, body, effect)
    : await client.create(collection, body, effect.idempotencyKey, effect.attempt > 1);
  return { kind: 'delivered', externalId: id, externalNumber: number };
}

/** A webhook may tell the id of what an earlier attempt created while its answer was lost. */
async function update(client: PortalClient, collection: Collection, id: string, body: unknown, effect: Effect) {
  try {
    return await change(client, collection, id, body, effect.idempotencyKey);
  } catch (error) {
    if (effect.operation !== 'CREATE' || effect.attempt === 1 || !keyWasUsed(error)) throw error;
    // The key stands for that create: the same create again gets its first answer and has no second effect.
    return await client.create(collection, body, effect.idempotencyKey, true).catch(() => {
      throw error;
    });
  }
}

/** Only where the portal says so: any other conflict must never end in a create. */
function keyWasUsed(error: unknown): boolean {
  return error instanceof UpstreamError && [409, 422].includes(error.httpStatus) && /idempoten/i.test(error.message);
}

async function change(client: PortalClient, collection: Collection, id: string, body: unknown, key: string) {
  try {
    return await client.update(collection, id, body, key);
  } catch (error) {
    if (!(error instanceof UpstreamError) || error.code !== 'UPSTREAM_NOT_FOUND') throw error;
    throw vanished(`The portal no longer has ${id} in its ${collection}`, error.httpStatus);
  }
}

async function readStatus(
  client: PortalClient,
  settings: PortalSettings,
  entityType: EntityType,
  externalId: string,
): Promise<InboundEvent | null> {
  // Taken before the call: a webhook that overtakes the answer is the newer one.
  const askedAt = new Date().toISOString();
  const found = await client.read(collectionOf(entityType), externalId);
  if (!found) return null;
  const occurredAt = found.updated_at ?? askedAt;
  const told = entityOf(entityType, found, settings);
  return {
    eventId: `poll:${entityType}:${found.id}:${found.status}:${occurredAt}`,
    eventType: `${entityType.toLowerCase()}.status.read`,
    occurredAt,
    payload: found,
    ...told,
    ...(!found.updated_at && onlyOnward(told)),
  };
}

/** What is read without a time of its own may lag behind a webhook: it never moves anything back. */
function onlyOnward({
  entityType,
  status,
}: Pick<InboundEvent, 'entityType' | 'status'>): Pick<InboundEvent, 'onlyFrom'> {
  const onlyFrom = entityType === 'INVOICE' ? invoiceStatusesBefore(status) : statusesUpTo(status);
  return onlyFrom ? { onlyFrom } : {};
}

function collectionOf(entityType: EntityType): Collection {
  if (entityType === 'ORDER') return 'orders';
  if (entityType === 'INVOICE') return 'invoices';
  throw new HubError('UNSUPPORTED', `The B2B Portal takes orders and invoices, not ${entityType}.`);
}

export { PortalEvent } from './wire.js';
