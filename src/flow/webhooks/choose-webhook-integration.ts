import type { WebhookReceiver } from '../../connectors/connector.js';
import { GATEWAY_SIGNATURE, gatewayWebhooks } from '../../connectors/gateway/gateway-webhooks.js';
import { HubError } from '../../errors.js';
import type { Integrations } from '../integrations/integrations.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { requireEnabled } from '../integrations/require-enabled.js';
import { bringsOwnKey, checkSenderKey } from './check-sender-key.js';
import type { WebhookRequest } from './webhook-request.js';

/** By id, or by the connector whose address is shared by all of its integrations. */
export type WebhookTarget = { integrationId: string } | { connector: string };

/** The gateway's scheme where the sender used it, where the connector has none of its own, or where it alone was registered. */
export function receiverOf(
  { connector, credentials, webhookSecret, asksForKey }: OpenIntegration,
  { headers }: Pick<WebhookRequest, 'headers'>,
): WebhookReceiver<unknown, unknown> {
  const own = connector.webhooks;
  if (headers[GATEWAY_SIGNATURE] !== undefined || !own) return gatewayWebhooks(own);
  const isRegistered = webhookSecret !== null || asksForKey;
  return isRegistered && passes(() => own.verify({ ...UNSIGNED, now: new Date() }, credentials))
    ? gatewayWebhooks(own)
    : own;
}

const UNSIGNED: WebhookRequest = { headers: {}, rawBody: Buffer.alloc(0) };

/**
 * The enabled integrations that this webhook may be for; at least one.
 * @throws HubError UNKNOWN_INTEGRATION, INTEGRATION_DISABLED
 */
export async function findWebhookCandidates(
  integrations: Integrations,
  target: WebhookTarget,
  { headers }: WebhookRequest,
  merchantId: string | null,
): Promise<OpenIntegration[]> {
  const isVisible = (integration: OpenIntegration) => merchantId === null || integration.merchantId === merchantId;
  if ('integrationId' in target) {
    const integration = await integrations.byId(target.integrationId);
    if (!isVisible(integration)) throw unknown(`There is no integration ${target.integrationId}.`);
    requireEnabled(integration);
    return [integration];
  }
  const enabled = (await integrations.byConnector(target.connector)).filter((one) => one.enabled && isVisible(one));
  if (enabled.length === 0) throw unknown('No enabled integration receives webhooks at this address.');
  const hinted = enabled.filter((integration) => isHinted(integration, headers['x-merchant-id']));
  return hinted.length > 0 ? hinted : enabled;
}

/**
 * One address may serve several merchants: the signature tells whose the webhook is.
 * @throws HubError SIGNATURE_INVALID, TIMESTAMP_STALE, UNAUTHENTICATED
 */
export function chooseBySignature(candidates: OpenIntegration[], request: WebhookRequest): OpenIntegration {
  const [only, another] = candidates;
  if (only && !another) {
    verify(only, request);
    return only;
  }
  // An integration without a secret would take anybody's event: among several, only a signature or its own key decides.
  const matching = candidates.find(
    (integration) =>
      (!takesUnsigned(integration) || bringsOwnKey(integration, request)) && isVerified(integration, request),
  );
  if (matching) return matching;
  throw new HubError('SIGNATURE_INVALID', 'The signature fits none of the integrations at this address.');
}

const unknown = (message: string) => new HubError('UNKNOWN_INTEGRATION', message);

function isHinted(integration: OpenIntegration, merchantId: string | undefined): boolean {
  const settings = integration.settings as { merchantId?: unknown };
  return merchantId !== undefined && [integration.merchantId, settings.merchantId].includes(merchantId);
}

function verify(integration: OpenIntegration, request: WebhookRequest): void {
  checkSignature(integration, request);
  const asksForKey = request.headers['x-api-key'] !== undefined || integration.asksForKey;
  if (asksForKey && takesUnsigned(integration)) checkSenderKey(integration, request);
}

function checkSignature(integration: OpenIntegration, request: WebhookRequest): void {
  const receiver = receiverOf(integration, request);
  const { webhookSecret, connector } = integration;
  const isRegistered = webhookSecret !== null && receiver !== connector.webhooks;
  receiver.verify({ ...request, now: new Date() }, isRegistered ? { webhookSecret } : integration.credentials);
}

const isVerified = (integration: OpenIntegration, request: WebhookRequest): boolean =>
  passes(() => verify(integration, request));

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof HubError) return false;
    throw error;
  }
}

/** A secret is set, and the request is signed by it. */
export const isSigned = (integration: OpenIntegration, request: WebhookRequest): boolean =>
  !takesUnsigned(integration) && passes(() => checkSignature(integration, request));

/** No secret is set: even a request without any header passes. */
export function takesUnsigned(integration: OpenIntegration): boolean {
  return passes(() => checkSignature(integration, UNSIGNED));
}
