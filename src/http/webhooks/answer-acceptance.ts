import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Acceptance } from '../../inbox/events.js';
import { success } from '../envelope.js';
import type { acceptanceEnvelope } from './describe-webhook.js';
import { messageOf, statusOf } from './receive.js';

/**
 * What became of a webhook, in the gateway's words. Request and time are those of the first, where they were recorded: a
 * repetition has the same body.
 * @throws HubError UNMAPPED_STATUS where mapping is strict
 */
export function answerAcceptance(
  request: FastifyRequest,
  reply: FastifyReply,
  acceptance: Acceptance,
): z.output<typeof acceptanceEnvelope> {
  const { webhookEventId, status, entityType, entityId, externalId, entityStatus } = acceptance;
  reply.code(statusOf(acceptance));
  const message = messageOf(acceptance);
  const present = success(request, { webhookEventId, status, entityType, entityId, externalId, entityStatus, message });
  return {
    ...present,
    timestamp: acceptance.answeredAt ?? present.timestamp,
    requestId: acceptance.requestId ?? present.requestId,
  };
}
