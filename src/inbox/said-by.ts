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

/** What no other sender's word takes the place of. */
const FACTS: ReadonlySet<string> = new Set(['trackingNumbers', 'paidAt', 'paidAmount', 'stock', 'onHand', 'available']);

/**
 * Whether an event says anything that a newer one of another sender overwrites (`SOME`), or nothing but such (`ALL`); undefined:
 * no. A product's event always does: that there is the product.
 */
export function fieldsOf(event: InboundEvent): 'ALL' | 'SOME' | undefined {
  const told = FIELDS[event.entityType].filter((field) => event[field] != null && field !== 'order');
  const facts = told.filter((field) => FACTS.has(field));
  if (event.entityType !== 'PRODUCT' && facts.length === told.length) return undefined;
  return facts.length > 0 || event.status !== null ? 'SOME' : 'ALL';
}

/** What an event says of its entity. */
export function saidBy(event: InboundEvent): Exclude<WebhookNews, 'OVERTAKEN'> {
  if (event.sourceStatus !== null || event.status !== null) return 'STATUS';
  return FIELDS[event.entityType].some((field) => event[field] != null) ? 'FIELDS' : 'NOTHING';
}
