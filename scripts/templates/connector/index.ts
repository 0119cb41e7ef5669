import type { Connection, Connector, DeliveryResult, Effect, InboundEvent } from '../../../src/connectors/connector.js';
import { type FieldMappings, noFieldMappings } from '../../../src/connectors/field-mappings.js';
import { policyOf } from '../../../src/connectors/policy.js';
import { deliverSafely } from '../../../src/connectors/upstream/classify.js';
import { HubError } from '../../../src/errors.js';
import type { OrderSnapshot } from '../../../src/model/snapshots.js';
import { createNewSystemClient, type NewSystemClient } from './client.js';
import { orderFromNewSystem, orderToNewSystem } from './mapping.js';
import { NewSystemCredentials, NewSystemSettings } from './settings.js';
import { newSystemWebhooks } from './webhook.js';

/** New System: orders out, their status back. */
export const newSystemConnector: Connector<NewSystemCredentials, NewSystemSettings> = {
  name: 'new-system',
  title: 'New System',
  sends: ['ORDER'],
  // False where it does not promise one effect per key: then `deliver` must read back before it repeats a create.
  honoursIdempotencyKeys: true,
  credentials: NewSystemCredentials,
  settings: NewSystemSettings,
  policy: policyOf,
  webhooks: newSystemWebhooks,
  connect({ credentials, settings, mappings = noFieldMappings }, http): Connection {
    const client = createNewSystemClient(http, settings, credentials);
    return {
      deliver: (effect) => deliverSafely(() => deliver(client, mappings, effect)),
      checkHealth: () => client.checkHealth(),
      readStatus: (_entityType, externalId) => readStatus(client, externalId),
    };
  },
};

async function deliver(client: NewSystemClient, mappings: FieldMappings, effect: Effect): Promise<DeliveryResult> {
  const { entityType, operation, snapshot, externalId, idempotencyKey } = effect;
  if (entityType !== 'ORDER' || operation === 'DELETE' || !snapshot)
    throw new HubError('UNSUPPORTED', `New System takes orders and deletes none: ${operation} of ${entityType}.`);
  const body = await mappings.outbound(entityType, snapshot, orderToNewSystem(snapshot as OrderSnapshot));
  const { id, number } = externalId
    ? await client.updateOrder(externalId, body, idempotencyKey)
    : await client.createOrder(body, idempotencyKey);
  return { kind: 'delivered', externalId: id, externalNumber: number ?? null };
}

async function readStatus(client: NewSystemClient, externalId: string): Promise<InboundEvent | null> {
  // Taken before the call: a webhook that overtakes the answer is the newer one.
  const askedAt = new Date().toISOString();
  const found = await client.readOrder(externalId);
  if (!found) return null;
  return {
    eventId: `poll:${found.id}:${found.status}:${askedAt}`,
    eventType: 'order.status.read',
    occurredAt: askedAt,
    payload: found,
    ...orderFromNewSystem(found),
  };
}
