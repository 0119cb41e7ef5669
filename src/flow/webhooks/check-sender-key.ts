import { looksLikeApiKey } from '../../access/api-key.js';
import { HubError } from '../../errors.js';
import { isSameSecret } from '../../model/is-same-secret.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { WebhookRequest } from './webhook-request.js';

type Guarded = Pick<OpenIntegration, 'credentials' | 'asksForKey'>;

/**
 * Where no signature decides: a sender that brings an `X-API-Key` must bring a right one, and must bring one where the webhook
 * was registered without a secret. Right are the integration's own `apiKey` and a key of the hub, which was checked before.
 * @throws HubError UNAUTHENTICATED
 */
export function checkSenderKey(integration: Guarded, request: WebhookRequest): void {
  const key = request.headers['x-api-key'];
  if (key === undefined) {
    if (!integration.asksForKey || request.isKnown) return;
    throw new HubError('UNAUTHENTICATED', 'Send X-API-Key: this webhook was registered without a secret.');
  }
  if ((request.isKnown && looksLikeApiKey(key)) || bringsOwnKey(integration, request)) return;
  throw new HubError('UNAUTHENTICATED', 'The X-API-Key is neither a key of the hub nor the integration’s own.');
}

/** Whether it brings the key that the integration itself is configured with. */
export function bringsOwnKey({ credentials }: Pick<Guarded, 'credentials'>, { headers }: WebhookRequest): boolean {
  const own = (credentials as { apiKey?: unknown } | null)?.apiKey;
  const given = headers['x-api-key'];
  return typeof own === 'string' && own !== '' && given !== undefined && isSameSecret(own, given.trim());
}
