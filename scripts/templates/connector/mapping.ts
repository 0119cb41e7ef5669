import type { InboundEvent } from '../../../src/connectors/connector.js';
import type { OrderSnapshot } from '../../../src/model/snapshots.js';
import type { OrderStatus } from '../../../src/model/statuses.js';
import type { FoundOrder } from './wire.js';

/** The body of an order. */
export function orderToNewSystem(_order: OrderSnapshot): Record<string, unknown> {
  throw new Error(
    'Fill in orderToNewSystem in src/connectors/new-system/mapping.ts: the body by which it takes an order.',
  );
}

/** The hub's status; null: unmapped. */
export function statusFromNewSystem(_status: string): OrderStatus | null {
  throw new Error(
    'Fill in statusFromNewSystem in src/connectors/new-system/mapping.ts: the hub’s word for each of its statuses.',
  );
}

/** What a webhook and an answer tell of an order. */
export function orderFromNewSystem({
  id,
  number,
  reference,
  status,
}: FoundOrder): Pick<InboundEvent, 'entityType' | 'reference' | 'sourceStatus' | 'status'> {
  return {
    entityType: 'ORDER',
    reference: { externalId: id, entityId: reference ?? null, number: number ?? null },
    sourceStatus: status,
    status: statusFromNewSystem(status),
  };
}
