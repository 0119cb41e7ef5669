import type { FastifyInstance } from 'fastify';
import { success } from '../envelope.js';
import type { Ingest } from './receive.js';
import { messageOf, statusOf, toInput } from './receive.js';

/** Any integration by its id: by its connector's own scheme, else by the gateway's. */
export function registerGatewayRoute(scope: FastifyInstance, ingest: Ingest): void {
  scope.post<{ Params: { integrationId: string } }>('/webhooks/:integrationId', async (request, reply) => {
    const { integrationId } = request.params;
    const acceptance = await ingest(toInput(request, { integrationId }, null), request.id);
    const { webhookEventId, status, entityType, entityId, externalId, entityStatus } = acceptance;
    const message = messageOf(acceptance);
    return reply
      .code(statusOf(acceptance))
      .send(success(request, { webhookEventId, status, entityType, entityId, externalId, entityStatus, message }));
  });
}
