import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { HubError } from '../../errors.js';
import type { WebhookTarget } from '../../flow/webhooks/choose-webhook-integration.js';
import type { IngestWebhook } from '../../flow/webhooks/ingest-webhook.js';
import type { Acceptance } from '../../inbox/events.js';
import type { EntityType } from '../../model/statuses.js';

/** A webhook as it comes over HTTP. */
export interface ReceivedWebhook extends Omit<IngestWebhook, 'headers'> {
  headers: IncomingHttpHeaders;
}

/** What became of a webhook: an HTTP status by {@link Acceptance}, or the error that is thrown. */
export type Ingest = (input: ReceivedWebhook, requestId: string) => Promise<Acceptance>;

/** The request with its exact bytes. */
export function toInput(
  request: FastifyRequest,
  target: WebhookTarget,
  entityType: EntityType | null,
): ReceivedWebhook {
  const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return { target, entityType, headers: request.headers, rawBody, remoteAddress: request.ip };
}

/**
 * The HTTP status of what became of an event. Kept for later is 202 the first time; a repetition is 200 like any other.
 * @throws HubError UNMAPPED_STATUS where mapping is strict
 */
export function statusOf({ status, errorCode, errorMessage, duplicate }: Acceptance): 200 | 202 {
  if (status !== 'FAILED') return 200;
  if (errorCode !== 'UNMAPPED_STATUS') return duplicate ? 200 : 202;
  throw new HubError('UNMAPPED_STATUS', errorMessage ?? 'The status is not mapped.', { path: ['data', 'status'] });
}

/** One sentence for the sender. */
export function messageOf({ entityType, errorMessage, status, says }: Acceptance): string {
  if (errorMessage) return errorMessage;
  const noun = entityType.charAt(0) + entityType.slice(1).toLowerCase().replaceAll('_', ' ');
  if (status !== 'PROCESSED') return `${noun} event received`;
  // The documents answer an order's acknowledgement in these words, too.
  if (entityType === 'ORDER') return `${noun} status updated successfully`;
  if (says === 'NOTHING') return `${noun} event received`;
  if (says === 'OVERTAKEN') return `${noun} event received; a change of the hub that is on its way replaces it`;
  return says === 'FIELDS' ? `${noun} updated successfully` : `${noun} status updated successfully`;
}
