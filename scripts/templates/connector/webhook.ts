import { timingSafeEqual } from 'node:crypto';
import type { WebhookReceiver } from '../../../src/connectors/connector.js';
import { readWebhookBody } from '../../../src/connectors/webhook-body.js';
import { HubError } from '../../../src/errors.js';
import { orderFromNewSystem } from './mapping.js';
import type { NewSystemCredentials, NewSystemSettings } from './settings.js';
import { NewSystemEvent } from './wire.js';

/** Lower case. */
export const SIGNATURE_HEADER = 'x-signature';

/** The signature of a webhook, over the bytes of its body. */
export function signatureOf(_body: Buffer, _apiSecret: string): string {
  throw new Error('Fill in signatureOf in src/connectors/new-system/webhook.ts: how it signs the bytes of a webhook.');
}

export const newSystemWebhooks: WebhookReceiver<NewSystemCredentials, NewSystemSettings> = {
  verify({ headers, rawBody }, { apiSecret }) {
    const given = Buffer.from(headers[SIGNATURE_HEADER] ?? '');
    const expected = Buffer.from(signatureOf(rawBody, apiSecret));
    if (given.length === expected.length && timingSafeEqual(given, expected)) return;
    throw new HubError('SIGNATURE_INVALID', `${SIGNATURE_HEADER} is missing or not the signature of these bytes.`);
  },
  parse({ rawBody }) {
    const { value: event, payload } = readWebhookBody(rawBody, NewSystemEvent);
    return {
      eventId: event.id,
      eventType: event.type,
      occurredAt: event.time,
      payload,
      ...orderFromNewSystem(event.order),
    };
  },
};
