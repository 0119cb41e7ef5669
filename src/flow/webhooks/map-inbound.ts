import type { InboundEvent } from '../../connectors/connector.js';
import { HubError } from '../../errors.js';
import type { Failure } from '../../inbox/events.js';
import type { BoundMappings } from '../../mapping/create-mappings.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { contentsOf } from './map-contents.js';
import { completeGoods, mapStock } from './map-items.js';

/** An event after the integration's inbound rules, or as it was with the reason why they could not be followed. */
export interface MappedEvent {
  event: InboundEvent;
  failure: Failure | null;
}

/** Runs the published inbound rules over the received payload, if its sender was registered for such events. */
export async function mapInbound(
  { mappings, webhookEvents }: Pick<OpenIntegration, 'mappings' | 'webhookEvents'>,
  event: InboundEvent,
): Promise<MappedEvent> {
  if (webhookEvents.length > 0 && isGatewayEvent(event) && !webhookEvents.includes(event.eventType)) {
    const message = `The webhook is registered for ${webhookEvents.join(', ')}; nothing was changed.`;
    return { event, failure: { code: 'EVENT_NOT_REGISTERED', message } };
  }
  if (event.unused) {
    const message = `Nothing is made of events of the type ${event.eventType}; it is kept.`;
    return { event, failure: { code: 'EVENT_NOT_REGISTERED', message } };
  }
  try {
    return { event: await mapEvent(mappings, event), failure: null };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return { event, failure: { code: error.code, message: error.message } };
  }
}

/**
 * Each part of an event by the rules of its kind: the event itself, what is recorded because of it, its products and stock.
 * @throws HubError MAPPING_FAILED, MAPPING_TIMEOUT
 */
export async function mapEvent(mappings: BoundMappings, event: InboundEvent): Promise<InboundEvent> {
  const { entityType, record, stock } = event;
  // Rows of stock have rules of their own, and nothing stands beside them.
  const isRows = entityType === 'INVENTORY' && stock !== undefined;
  const isMapped = !isRows && mappings.maps(entityType, 'INBOUND');
  if (!isMapped && !record && !stock) return completeGoods(mappings, event);
  const payload = readable(event.payload);
  const defaulted: string[] = [];
  const own = isMapped ? whole(event, await mappings.inbound(entityType, payload, event, defaulted), mappings) : event;
  return {
    ...completeGoods(mappings, own),
    ...(defaulted.length > 0 && { defaulted }),
    ...(record && { record: await mappings.inbound(record.entityType, payload, record) }),
    ...(stock && { stock: await mapStock(mappings, payload, stock) }),
  };
}

/** What rules read: the body, and beside it the fields of its `data`, so that one list of rules fits what is told and what is pulled. */
function readable(payload: unknown): unknown {
  const data = isObject(payload) ? payload['data'] : null;
  return isObject(payload) && isObject(data) ? { ...data, ...payload } : payload;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** By the gateway's own body; what a connector reads from its own has the vendor's names. */
const isGatewayEvent = ({ payload }: InboundEvent) =>
  typeof payload === 'object' && payload !== null && 'eventType' in payload;

/** Rules add to an order that the event tells whole, and to one that the hub has; they cannot make one of some fields. */
function whole(event: InboundEvent, mapped: InboundEvent, mappings: BoundMappings): InboundEvent {
  if (event.entityType !== 'ORDER') return mapped;
  const { order, ...rest } = mapped;
  const contents = contentsOf(mapped, mappings.inboundTargets('ORDER'));
  return { ...rest, ...(contents && { contents }), ...(event.order && order && { order }) };
}
