import type { InboundEvent } from '../connectors/connector.js';
import type { Acceptance } from '../inbox/events.js';
import type { OpenIntegration } from './integrations.js';
import type { Services } from './services.js';
import { takeInboundOrder } from './take-inbound-order.js';

/** An event with the bytes that it was made of. */
export interface Received {
  event: InboundEvent;
  /** For what was asked for instead of sent: the answer's JSON. */
  rawBody: Buffer;
  /** Secrets masked. */
  headers: Record<string, string>;
}

/**
 * The one way in for what an integration's system tells, by webhook, status check or pull: makes the order that the hub
 * does not know, stores the event and applies it.
 * @throws HubError INVALID_SHAPE, DATABASE_UNAVAILABLE
 */
export async function receiveEvent(
  services: Services,
  integration: OpenIntegration,
  { event, rawBody, headers }: Received,
): Promise<Acceptance> {
  await takeInboundOrder(services, integration, event);
  return services.inbox.accept({
    merchantId: integration.merchantId,
    integrationId: integration.id,
    event,
    rawBody,
    headers,
    strictMapping: hasStrictMapping(integration),
  });
}

/** Whether mappings are strict, in the settings of any connector. */
export function hasStrictMapping({ settings }: OpenIntegration): boolean {
  return (settings as { strictMapping?: unknown } | null)?.strictMapping === true;
}
