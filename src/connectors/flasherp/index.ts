import { HubError } from '../../errors.js';
import type { EntityType } from '../../model/statuses.js';
import type { Connection, Connector, DeliveryResult, Effect, InboundEvent, Need } from '../connector.js';
import { type FieldMappings, noFieldMappings } from '../field-mappings.js';
import { policyOf } from '../policy.js';
import { deliverSafely, UpstreamError } from '../upstream/classify.js';
import { createFlashErpClient, type FlashErpClient } from './client.js';
import { expectRecord, listRecords, readRecord } from './list.js';
import { COLLECTIONS, type FlashErpType, isFlashErpType, toFlashErp } from './mapping.js';
import { FlashErpCredentials, FlashErpSettings } from './settings.js';
import { timetableOf } from './timetable.js';
import { entityOf, flashErpWebhooks } from './webhook.js';

export { FlashErpEvent } from './wire.js';

const SCOPES: Record<FlashErpType, keyof FlashErpSettings['syncScope']> = {
  CUSTOMER: 'customers',
  TRANSACTION: 'transactions',
  BILLING_SUBSCRIPTION: 'subscriptions',
  INVOICE: 'invoices',
};

/** FlashERP: customers, transactions, billing subscriptions and invoices out, what becomes of them back. */
export const flashErp: Connector<FlashErpCredentials, FlashErpSettings> = {
  name: 'flasherp',
  title: 'FlashERP',
  sends: ['CUSTOMER', 'TRANSACTION', 'BILLING_SUBSCRIPTION', 'INVOICE'],
  accepts: ({ entityType }, { syncScope }) => isFlashErpType(entityType) && syncScope[SCOPES[entityType]],
  needs: ({ snapshot }, { syncScope }): Need[] =>
    syncScope.customers && 'customerId' in snapshot && snapshot.customerId
      ? [{ entityType: 'CUSTOMER', entityId: snapshot.customerId }]
      : [],
  lists: ['CUSTOMER', 'TRANSACTION', 'BILLING_SUBSCRIPTION', 'INVOICE'],
  owed: (entityType, { syncScope }) => (isFlashErpType(entityType) && syncScope[SCOPES[entityType]] ? null : []),
  auditsExchanges: true,
  honoursIdempotencyKeys: true,
  credentials: FlashErpCredentials,
  settings: FlashErpSettings,
  policy: policyOf,
  redrives: ({ maxRedrives, redriveBaseMs }) => ({ most: maxRedrives, baseMs: redriveBaseMs }),
  timetable: timetableOf,
  webhooks: flashErpWebhooks,
  demo: {
    webhookPath: '/api/webhooks/flasherp',
    credentials: ({ apiKey, apiSecret }) => ({ apiKey, apiSecret, webhookSecret: apiSecret }),
    settings: ({ url }) => ({ baseUrl: url }),
  },
  connect({ credentials, settings, mappings = noFieldMappings }, http): Connection {
    const client = createFlashErpClient(http, settings, credentials);
    return {
      deliver: (effect) => deliverSafely(() => deliver(client, mappings, effect)),
      checkHealth: () => client.checkHealth(),
      readStatus: (entityType, externalId) => readStatus(client, entityType, externalId),
      readRecord: (entityType, externalId) => readRecord(client, typeOf(entityType), externalId),
      list: (entityType, request) => listRecords(client, typeOf(entityType), request),
      expect: (entityType, snapshot, related) => expectRecord(mappings, typeOf(entityType), snapshot, related),
    };
  },
};

async function deliver(client: FlashErpClient, mappings: FieldMappings, effect: Effect): Promise<DeliveryResult> {
  const entityType = typeOf(effect.entityType);
  const collection = COLLECTIONS[entityType];
  if (effect.operation === 'DELETE' || !effect.snapshot) {
    throw new HubError('UNSUPPORTED', 'FlashERP deletes nothing: cancel the subscription or void the invoice instead.');
  }
  const linkOf = (id: string | null | undefined) => (id == null ? null : (effect.related?.[id] ?? null));
  const own = toFlashErp(entityType, effect.snapshot, linkOf);
  const body = await mappings.outbound(effect.entityType, effect.snapshot, own);
  const { externalId, idempotencyKey } = effect;
  if (externalId === null) {
    const made = await client.create(collection, body, idempotencyKey);
    return { kind: 'delivered', externalId: made, externalNumber: null };
  }
  await client.update(collection, externalId, body, idempotencyKey).catch((error: unknown) => {
    throw vanished(error, externalId);
  });
  return { kind: 'delivered', externalId, externalNumber: null };
}

/** What vanished there is not made anew by itself: somebody may have removed it on purpose. */
function vanished(error: unknown, externalId: string): unknown {
  if (!(error instanceof UpstreamError) || error.code !== 'UPSTREAM_NOT_FOUND') return error;
  const message = `FlashERP no longer has ${externalId}. Have it restored there and retry, repair it by a reconciliation, or skip this sync event.`;
  return new UpstreamError(error.code, message, error.httpStatus);
}

async function readStatus(
  client: FlashErpClient,
  entityType: EntityType,
  externalId: string,
): Promise<InboundEvent | null> {
  // Taken before the call: a webhook that overtakes the answer is the newer one.
  const askedAt = new Date().toISOString();
  const type = typeOf(entityType);
  const found = await client.read(COLLECTIONS[type], externalId);
  if (!found) return null;
  const occurredAt = found.updated_at ?? askedAt;
  return {
    eventId: `poll:${entityType}:${found.id}:${found.status ?? ''}:${occurredAt}`,
    eventType: `${entityType.toLowerCase()}.status.read`,
    occurredAt,
    payload: found,
    ...entityOf(type, found),
  };
}

function typeOf(entityType: EntityType): FlashErpType {
  if (isFlashErpType(entityType)) return entityType;
  throw new HubError(
    'UNSUPPORTED',
    `FlashERP takes customers, transactions, subscriptions and invoices, not ${entityType}.`,
  );
}
