import { HubError } from '../../errors.js';
import { isSameSecret } from '../../model/is-same-secret.js';
import type { InboundEvent, WebhookReceiver } from '../connector.js';
import { readWebhookBody } from '../webhook-body.js';
import { signFlashErp } from './client.js';
import { type FlashErpType, statusFromFlashErp } from './mapping.js';
import type { FlashErpCredentials, FlashErpSettings } from './settings.js';
import { toldOf } from './told.js';
import { FlashErpEvent, type FlashErpRecord } from './wire.js';

const TOLERANCE_MS = 5 * 60 * 1000;

/** The first word of an event's name, e.g. of `subscription.canceled`. */
const KINDS: Record<string, FlashErpType> = {
  customer: 'CUSTOMER',
  transaction: 'TRANSACTION',
  subscription: 'BILLING_SUBSCRIPTION',
  invoice: 'INVOICE',
};

/** Names that say what became of it where the record itself has no status. */
const SAID: Record<string, string> = {
  'transaction.completed': 'succeeded',
  'transaction.succeeded': 'succeeded',
  'transaction.failed': 'failed',
  'transaction.refunded': 'refunded',
  'subscription.cancelled': 'canceled',
  'subscription.canceled': 'canceled',
  'invoice.paid': 'paid',
};

export const flashErpWebhooks: WebhookReceiver<FlashErpCredentials, FlashErpSettings> = {
  verify({ headers, rawBody, now }, { webhookSecret }) {
    if (webhookSecret === undefined) return;
    const timestamp = headers['x-flasherp-timestamp']?.trim() ?? '';
    const given = headers['x-flasherp-signature']?.trim() ?? '';
    if (given === '') throw new HubError('SIGNATURE_INVALID', 'The header x-flasherp-signature is missing.');
    if (!isSameSecret(given.toLowerCase(), signFlashErp(webhookSecret, timestamp, rawBody))) {
      const message = 'x-flasherp-signature is not the HMAC-SHA256 of "timestamp.body" by the webhook secret.';
      throw new HubError('SIGNATURE_INVALID', message);
    }
    const at = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1000 : Number.NaN;
    if (!(Math.abs(now.getTime() - at) <= TOLERANCE_MS)) {
      const message = 'x-flasherp-timestamp must be Unix seconds within 5 minutes of now: check the clock.';
      throw new HubError('TIMESTAMP_STALE', message);
    }
  },
  parse({ headers, rawBody, receivedAt = new Date() }) {
    const { value: event, payload } = readWebhookBody(rawBody, FlashErpEvent);
    const entityType = KINDS[event.type.split('.')[0] ?? ''];
    if (!entityType) {
      const message = 'type must begin with customer, transaction, subscription or invoice, e.g. "invoice.paid".';
      throw new HubError('INVALID_SHAPE', message, { path: ['type'] });
    }
    const { data } = event;
    const status = data.status ?? SAID[event.type] ?? null;
    return {
      eventId: event.id,
      eventType: event.type,
      occurredAt:
        data.updated_at ?? event.created_at ?? event.timestamp ?? signedAt(headers['x-flasherp-timestamp'], receivedAt),
      payload,
      ...toldOf(entityType, data),
      ...entityOf(entityType, { ...data, status }),
    };
  },
};

/** The part of an inbound event that a webhook and a read answer share. */
export function entityOf(
  entityType: FlashErpType,
  record: FlashErpRecord,
): Omit<InboundEvent, 'eventId' | 'eventType' | 'occurredAt' | 'payload'> {
  // A customer has no status that the hub keeps.
  const sourceStatus = entityType === 'CUSTOMER' ? null : (record.status ?? null);
  return {
    entityType,
    reference: {
      externalId: record.id,
      entityId: record.hub_id ?? null,
      number: record.number ?? record.reference ?? null,
    },
    sourceStatus,
    status: sourceStatus === null ? null : statusFromFlashErp(entityType, sourceStatus),
    ...(entityType === 'INVOICE' && record.paid_at && { paidAt: record.paid_at }),
    ...(entityType === 'INVOICE' && record.paid_amount && { paidAmount: record.paid_amount }),
  };
}

/** The stamp has whole seconds: as its first instant, what happened would be older than what was told a moment before it. */
function signedAt(header: string | undefined, receivedAt: Date): string {
  const first = Number(header) * 1000;
  if (!Number.isSafeInteger(first) || first <= 0) return receivedAt.toISOString();
  return new Date(Math.min(Math.max(receivedAt.getTime(), first), first + 999)).toISOString();
}
