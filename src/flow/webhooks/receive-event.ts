import type { InboundEvent } from '../../connectors/connector.js';
import type { Acceptance } from '../../inbox/events.js';
import { takeOrderCustomer } from '../customers/take-order-customer.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { takeInboundOrder } from '../orders/take-inbound-order.js';
import { takeInboundGoods } from '../products/take-inbound-goods.js';
import { repeatDeadlocked } from '../repeat-deadlocked.js';
import type { Services } from '../services.js';
import { keepKnown } from './keep-known.js';
import { mapInbound } from './map-inbound.js';

/** An event with the bytes that it was made of. */
export interface Received {
  event: InboundEvent;
  /** For what was asked for instead of sent: the answer's JSON. */
  rawBody: Buffer;
  /** Secrets masked. */
  headers: Record<string, string>;
  /** Of the request that brought it; none for what was asked for, which belongs to its entity's own trace. */
  traceparent?: string | null;
  /** Of the request that brought it; none for what was asked for. */
  requestId?: string | null;
}

/**
 * The one way in for what an integration's system tells, by webhook, status check or pull: follows the integration's field
 * mappings, makes the order or product that the hub does not know, stores the event and applies it.
 * @throws HubError INVALID_SHAPE, BAD_USER_INPUT for a value that the database cannot hold, DATABASE_UNAVAILABLE
 */
export async function receiveEvent(
  services: Services,
  integration: OpenIntegration,
  { event: received, rawBody, headers, traceparent = null, requestId = null }: Received,
): Promise<Acceptance> {
  const { event: mapped, failure } = await mapInbound(integration, received);
  const event =
    failure || !tellsMore(mapped)
      ? mapped
      : await repeatDeadlocked(services.log, () => takeInbound(services, integration, mapped));
  return services.inbox.accept({
    merchantId: integration.merchantId,
    integrationId: integration.id,
    event,
    rawBody,
    headers,
    strictMapping: hasStrictMapping(integration),
    failure,
    traceparent,
    requestId,
  });
}

/** Whether it may tell of an order, a customer or goods that the hub does not know, or of something only by default. */
const tellsMore = ({ order, contents, sku, defaulted }: InboundEvent) =>
  order !== undefined || contents !== undefined || sku !== undefined || defaulted !== undefined;

/**
 * Makes the product, order or customer that a mapped event tells of and the hub does not know; answers the event as the inbox applies
 * it. Repeating it has no further effect.
 * @throws HubError INVALID_SHAPE when an order cannot be taken as it is
 */
export async function takeInbound(
  services: Services,
  integration: OpenIntegration,
  mapped: InboundEvent,
): Promise<InboundEvent> {
  const event = await takeInboundGoods(services, integration, await keepKnown(services, integration, mapped));
  await takeInboundOrder(services, integration, event);
  return takeOrderCustomer(services, integration, event);
}

/** Whether mappings are strict, in the settings of any connector. */
export function hasStrictMapping({ settings }: OpenIntegration): boolean {
  return (settings as { strictMapping?: unknown } | null)?.strictMapping === true;
}
