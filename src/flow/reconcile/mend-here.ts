import type { Caller } from '../../access/caller.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { mapInbound } from '../webhooks/map-inbound.js';
import { receiveEvent } from '../webhooks/receive-event.js';
import type { RecordDifference } from './difference.js';
import { checkHere, moved } from './moved.js';
import { takeHere } from './take-here.js';

/** Takes what the system has now, if that still is what was found. @throws HubError INVALID_STATE when it is not */
export async function mendHere(
  services: Services,
  caller: Caller,
  integration: OpenIntegration,
  one: RecordDifference,
): Promise<void> {
  if (one.kind === 'MISSING_HERE') return takeHere(services, caller, integration, one);
  const entityId = one.entity_id ?? '';
  await checkHere(services, integration, one, entityId);
  const event = await integration.connection.readStatus?.(one.entity_type, one.external_id ?? '');
  const told = event && (await mapInbound(integration, event)).event;
  const value = one.field === 'paidAmount' ? told?.paidAmount : told?.status;
  if (!event || value !== one.there_value) {
    throw moved(
      `${one.field} is ${value ?? event?.sourceStatus ?? 'nothing'} in ${integration.connector.title} by now.`,
    );
  }
  const own = { ...event, eventId: `repair:${one.id}`, reference: { ...event.reference, entityId } };
  const rawBody = Buffer.from(JSON.stringify(event.payload));
  const { status, errorMessage } = await receiveEvent(services, integration, { event: own, rawBody, headers: {} });
  if (status !== 'PROCESSED') throw moved(errorMessage ?? 'The hub knows better by now.');
}
