import type { InboundEvent } from '../connectors/connector.js';
import { TOLD_FIELDS } from '../connectors/told-fields.js';
import type { WebhookNews } from '../model/statuses.js';

const OF_ORDERS = ['trackingNumbers', 'order', 'contents'] as const;
const OF_GOODS = [
  ...(['name', 'brand', 'barcode', 'price', 'thc', 'batchNumber', 'coaLink', 'stock', 'onHand', 'available'] as const),
] as const;

const FIELDS: Record<InboundEvent['entityType'], readonly (keyof InboundEvent)[]> = {
  ...TOLD_FIELDS,
  ORDER: OF_ORDERS,
  PRODUCT: OF_GOODS,
  INVENTORY: OF_GOODS,
  INTEGRATION: [],
};

/** What an event says of its entity. */
export function saidBy(event: InboundEvent): Exclude<WebhookNews, 'OVERTAKEN'> {
  if (event.sourceStatus !== null || event.status !== null) return 'STATUS';
  return FIELDS[event.entityType].some((field) => event[field] != null) ? 'FIELDS' : 'NOTHING';
}
