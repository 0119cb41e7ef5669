import { audit } from '../../access/audit.js';
import type { Caller } from '../../access/caller.js';
import { maskHeaders } from '../../connectors/upstream/mask.js';
import { sqlOn } from '../../db/database.js';
import { HubError } from '../../errors.js';
import type { Acceptance } from '../../inbox/events.js';
import { databaseError } from '../../inbox/sql-errors.js';
import type { EntityType } from '../../model/statuses.js';
import { currentTraceparent } from '../../model/trace.js';
import { REFUSED } from '../alerts/measure.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import {
  chooseBySignature,
  findWebhookCandidates,
  isSigned,
  receiverOf,
  takesUnsigned,
  type WebhookTarget,
} from './choose-webhook-integration.js';
import { receiveEvent } from './receive-event.js';
import type { WebhookRequest } from './webhook-request.js';

/** Who brings a webhook by a key of the hub's. @throws HubError UNAUTHENTICATED for a key that the hub does not know, FORBIDDEN */
type AskSender = () => Promise<Caller>;

export interface IngestWebhook extends WebhookRequest {
  target: WebhookTarget;
  /** Refuses an event about anything else: the sender's address names what it is for. */
  entityType: EntityType | null;
  /** Where it came from, for the audit of refused signatures. */
  remoteAddress: string | null;
}

/**
 * A webhook, from bytes to its effect: signature, shape, inbox. The signature is checked before anything is parsed, and a
 * refused one leaves nothing but an audit entry.
 * @param sender asked only where no signature decides; the webhook is then taken as by that caller
 * @throws HubError UNKNOWN_INTEGRATION, INTEGRATION_DISABLED, SIGNATURE_INVALID, TIMESTAMP_STALE, UNAUTHENTICATED,
 * INVALID_JSON, INVALID_SHAPE, DATABASE_UNAVAILABLE, FORBIDDEN
 */
export async function ingestWebhook(
  services: Services,
  caller: Caller,
  input: IngestWebhook,
  sender?: AskSender,
): Promise<Acceptance> {
  const startedAt = performance.now();
  const about = { ...input.target, requestId: caller.requestId, bytes: input.rawBody.length };
  const passed = () => ({ durationMs: Math.round(performance.now() - startedAt) });
  try {
    const acceptance = await ingest(services, caller, input, sender);
    services.log.info({ ...acceptance, ...about, ...passed() }, 'webhook taken');
    return acceptance;
  } catch (error) {
    const { code, message: reason } = error instanceof HubError ? error : new HubError('INTERNAL', 'see the error');
    services.log.warn({ ...about, code, reason, ...passed() }, 'webhook refused');
    throw error;
  }
}

async function ingest(
  services: Services,
  caller: Caller,
  input: IngestWebhook,
  sender?: AskSender,
): Promise<Acceptance> {
  const integration = await find(services, caller, input, sender);
  const event = receiverOf(integration, input).parse({ ...input, receivedAt: new Date() }, integration.settings);
  if (input.entityType && event.entityType !== input.entityType) throw wrongEntity(input.entityType);
  const headers = maskHeaders(input.headers);
  return receiveEvent(services, integration, {
    event,
    rawBody: input.rawBody,
    headers,
    traceparent: currentTraceparent(),
    requestId: caller.requestId,
  });
}

async function find(
  services: Services,
  caller: Caller,
  input: IngestWebhook,
  sender?: AskSender,
): Promise<OpenIntegration> {
  const { integrations } = services;
  const candidates = await findWebhookCandidates(integrations, input.target, input, caller.merchantId).catch(
    (error: unknown) => {
      throw databaseError(error);
    },
  );
  if (sender) {
    const signed = candidates.find((integration) => isSigned(integration, input));
    if (signed) return signed;
    if (candidates.some(takesUnsigned)) return find(services, await sender(), input);
  }
  try {
    return chooseBySignature(candidates, { ...input, isKnown: caller.via !== 'hub' });
  } catch (error) {
    await auditRefusal(services, caller, input, candidates, error);
    throw error;
  }
}

function wrongEntity(expected: EntityType): HubError {
  return new HubError('INVALID_SHAPE', `entity_type must be "${expected.toLowerCase()}" at this address.`, {
    path: ['entity_type'],
  });
}

async function auditRefusal(
  { db, log, noteSecurityEvent, tally }: Services,
  caller: Caller,
  input: IngestWebhook,
  candidates: OpenIntegration[],
  error: unknown,
): Promise<void> {
  if (!(error instanceof HubError)) return;
  noteSecurityEvent('SIGNATURE_REJECTED');
  const known = candidates.length === 1 ? candidates[0] : undefined;
  if (known) tally.add(known.id, REFUSED);
  const entry = audit(sqlOn(db.pool), {
    actor: 'anonymous',
    action: 'webhook.refuse',
    outcome: 'REFUSED',
    merchantId: known?.merchantId ?? null,
    integrationId: known?.id ?? null,
    details: { ...input.target, code: error.code, remoteAddress: input.remoteAddress, bytes: input.rawBody.length },
    requestId: caller.requestId ?? null,
  });
  // The refusal stands whether or not it can be written down.
  await entry.catch((reason: unknown) =>
    log.error({ err: reason, code: error.code }, 'a refused webhook was not audited'),
  );
}
