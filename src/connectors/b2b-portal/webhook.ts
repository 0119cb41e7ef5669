import { createHmac } from 'node:crypto';
import { HubError } from '../../errors.js';
import { isSameSecret } from '../../model/is-same-secret.js';
import type { EntityType } from '../../model/statuses.js';
import type { InboundEvent, WebhookReceiver } from '../connector.js';
import { metadataContents } from '../order-contents.js';
import { readWebhookBody } from '../webhook-body.js';
import { invoiceStatusFromPortal, orderStatusFromPortal } from './mapping.js';
import type { PortalCredentials, PortalSettings } from './settings.js';
import { PortalEvent, type ReadEntity } from './wire.js';

const SIGNATURE_HEADER = 'x-b2b-signature';
const STATUS_EVENT = /\.status\.updated$/;

export const portalWebhooks: WebhookReceiver<PortalCredentials, PortalSettings> = {
  verify({ headers, rawBody }, { apiSecret }) {
    if (apiSecret === undefined) return;
    const given = headers[SIGNATURE_HEADER]?.trim().replace(/^sha256=/i, '');
    if (!given) throw new HubError('SIGNATURE_INVALID', 'The header X-B2B-Signature is missing.');
    const expected = createHmac('sha256', apiSecret).update(rawBody).digest('hex');
    if (!isSameSecret(given.toLowerCase(), expected)) {
      throw new HubError(
        'SIGNATURE_INVALID',
        'X-B2B-Signature is not the HMAC-SHA256 of these bytes by the API secret.',
      );
    }
  },
  parse({ rawBody }, settings) {
    const { value: event, payload } = readWebhookBody(rawBody, PortalEvent);
    const entityType = entityTypeOf(event);
    if (STATUS_EVENT.test(event.event) && !event.data.status) {
      throw new HubError('INVALID_SHAPE', `data.status is missing in ${event.event}.`, { path: ['data', 'status'] });
    }
    return {
      eventId: event.id,
      eventType: event.event,
      occurredAt: event.timestamp,
      payload,
      ...entityOf(entityType, event.data, settings),
    };
  },
};

/** The part of an inbound event that a webhook and a read answer share. */
export function entityOf(
  entityType: EntityType,
  data: Omit<ReadEntity, 'status' | 'updated_at'> & { status?: string | null },
  { statusMappings }: PortalSettings,
): Omit<InboundEvent, 'eventId' | 'eventType' | 'occurredAt' | 'payload'> {
  const isOrder = entityType === 'ORDER';
  const map = isOrder ? orderStatusFromPortal : invoiceStatusFromPortal;
  return {
    entityType,
    reference: {
      externalId: data.id,
      entityId: (isOrder ? data.erp_order_id : data.erp_invoice_id) ?? null,
      number: (isOrder ? data.order_number : data.invoice_number) ?? null,
    },
    sourceStatus: data.status ?? null,
    status: data.status ? map(data.status, statusMappings) : null,
    ...(data.tracking_numbers && { trackingNumbers: data.tracking_numbers }),
    ...(isOrder && contentsOf(data)),
    ...(!isOrder && data.notes && { notes: data.notes }),
    ...(data.paid_date && { paidAt: data.paid_date }),
    ...(data.paid_amount && { paidAmount: data.paid_amount }),
  };
}

function contentsOf({ notes, metadata }: Pick<ReadEntity, 'notes' | 'metadata'>): Pick<InboundEvent, 'contents'> {
  const contents = { ...(notes && { notes }), ...metadataContents(metadata) };
  return Object.keys(contents).length > 0 ? { contents } : {};
}

/** Routes by `entity_type`, else by the first word of the event's name. */
function entityTypeOf(event: PortalEvent): 'ORDER' | 'INVOICE' {
  const named = event.entity_type ?? event.event.split('.')[0];
  if (named === 'order') return 'ORDER';
  if (named === 'invoice') return 'INVOICE';
  throw new HubError('INVALID_SHAPE', 'entity_type must be "order" or "invoice".', { path: ['entity_type'] });
}
