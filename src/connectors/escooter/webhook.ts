import { createHash } from 'node:crypto';
import { HubError } from '../../errors.js';
import { isSameSecret } from '../../model/is-same-secret.js';
import { statusesUpTo } from '../../model/transitions.js';
import type { InboundEvent, StockRow, WebhookReceiver } from '../connector.js';
import { readWebhookBody } from '../webhook-body.js';
import { statusFromErp } from './mapping.js';
import type { ErpCredentials, ErpSettings } from './settings.js';
import { signatureOf } from './signature.js';
import { ErpEvent } from './wire.js';

/** The ERP's callbacks: the same signature as on the way out; the same bytes are the same event. */
export const erpWebhooks: WebhookReceiver<ErpCredentials, ErpSettings> = {
  verify({ headers, rawBody }, { apiSecret }) {
    const given = headers['x-signature']?.trim();
    if (!given) throw new HubError('SIGNATURE_INVALID', 'The header X-Signature is missing.');
    if (isSameSecret(given, signatureOf(rawBody, apiSecret))) return;
    throw new HubError('SIGNATURE_INVALID', 'X-Signature is not the base64 HMAC-SHA256 of these bytes by the secret.');
  },
  parse({ rawBody, receivedAt = new Date() }, settings) {
    const { value: event, payload } = readWebhookBody(rawBody, ErpEvent);
    const isOrder = event.status != null || event.items == null;
    return {
      ...(isOrder ? orderEvent(event, settings) : STOCK_EVENT),
      eventId: createHash('sha256').update(rawBody).digest('hex'),
      occurredAt: event.timestamp ?? receivedAt.toISOString(),
      ...(event.items && { stock: stockOf(event.items, payload) }),
      payload,
    };
  },
};

type Told = Pick<InboundEvent, 'eventType' | 'entityType' | 'reference' | 'namedByNumber' | 'sourceStatus' | 'status'>;

const STOCK_EVENT: Told = {
  eventType: 'stock.updated',
  entityType: 'INVENTORY',
  reference: { externalId: null, entityId: null, number: null },
  sourceStatus: null,
  status: null,
};

function orderEvent(event: ErpEvent, settings: ErpSettings): Told & Pick<InboundEvent, 'trackingNumbers' | 'onlyFrom'> {
  const told = statusFromErp(event.status, settings);
  const onlyFrom = event.timestamp == null ? statusesUpTo(told.status) : undefined;
  return {
    eventType: 'order.status.updated',
    entityType: 'ORDER',
    reference: {
      externalId: event.erpReference ?? null,
      entityId: event.orderId ?? null,
      number: event.orderIncrementId ?? null,
    },
    // The ERP may give one reference to several orders, or another to the same order later.
    ...(event.orderIncrementId && { namedByNumber: true }),
    ...told,
    ...(onlyFrom && { onlyFrom }),
    ...(event.trackingNumbers && { trackingNumbers: event.trackingNumbers }),
  };
}

/** The ERP tells what is for sale, and nothing of reservations. */
function stockOf(items: NonNullable<ErpEvent['items']>, payload: unknown): StockRow[] {
  const received = (payload as { items: unknown[] }).items;
  return items.map(({ sku, qty, location }, index) => ({
    ...{ sku, location: location ?? '', onHand: qty, reserved: 0, available: qty },
    source: received[index],
  }));
}
