import type { InboundEvent } from '../connectors/connector.js';
import { HubError } from '../errors.js';
import type { Failure } from '../inbox/events.js';
import type { OpenIntegration } from './integrations.js';

/** An event after the integration's inbound rules, or as it was with the reason why they could not be followed. */
export interface MappedEvent {
  event: InboundEvent;
  failure: Failure | null;
}

/** Runs the published inbound rules over the received payload. */
export async function mapInbound(
  { mappings }: Pick<OpenIntegration, 'mappings'>,
  event: InboundEvent,
): Promise<MappedEvent> {
  try {
    return { event: whole(event, await mappings.inbound(event.entityType, event.payload, event)), failure: null };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return { event, failure: { code: error.code, message: error.message } };
  }
}

/** Rules add to an order that the event tells whole; they cannot make one of some fields. */
export function whole(event: InboundEvent, mapped: InboundEvent): InboundEvent {
  if (event.order || !mapped.order) return mapped;
  const { order: _, ...rest } = mapped;
  return rest;
}
