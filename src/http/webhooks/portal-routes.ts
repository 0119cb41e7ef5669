import type { FastifyInstance } from 'fastify';
import type { Acceptance } from '../../inbox/events.js';
import type { EntityType } from '../../model/statuses.js';
import { success } from '../envelope.js';
import type { Ingest } from './receive.js';
import { messageOf, statusOf, toInput } from './receive.js';

const PATH = '/api/v1/b2b/webhooks/b2b';
const TARGET = { connector: 'b2b-portal' };

/** The B2B Portal's webhooks, rows B3–B7. */
export function registerPortalRoutes(scope: FastifyInstance, ingest: Ingest): void {
  const receive = (path: string, entityType: EntityType | null) =>
    scope.post(path, async (request, reply) => {
      const acceptance = await ingest(toInput(request, TARGET, entityType), request.id);
      return reply.code(statusOf(acceptance)).send({ success: true, data: toPortal(acceptance) });
    });
  receive(PATH, null);
  receive(`${PATH}/order`, 'ORDER');
  receive(`${PATH}/invoice`, 'INVOICE');
  scope.get(`${PATH}/verify`, async (request) =>
    success(request, { status: 'ok', message: 'The webhook endpoint is accessible.' }),
  );
}

/** The documented body: nothing that differs between a first answer and its repetition. */
function toPortal(acceptance: Acceptance): Record<string, string | null> {
  const noun = acceptance.entityType === 'INVOICE' ? 'invoice' : 'order';
  return {
    [`erp_${noun}_id`]: acceptance.entityId,
    [`b2b_${noun}_id`]: acceptance.externalId,
    status: acceptance.entityStatus,
    message: messageOf(acceptance),
  };
}
