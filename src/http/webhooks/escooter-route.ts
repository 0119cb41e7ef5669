import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ErpEvent } from '../../connectors/escooter/index.js';
import { registerRoute } from '../docs/register-route.js';
import { received } from './describe-webhook.js';
import type { Ingest } from './receive.js';
import { messageOf, statusOf, toInput } from './receive.js';

const TARGET = { connector: 'escooter' };

/** Nothing that differs between a first answer and its repetition. */
const answer = z.object({
  success: z.literal(true),
  message: z.string(),
  order_id: z.string().nullable().meta({ description: 'The hub’s own id; null where the event is about stock.' }),
  erp_reference: z.string().nullable(),
  order_status: z.string().nullable().meta({ description: 'The hub’s status of the order after it.' }),
});

/** The Escooter ERP's callbacks, row S7. */
export function registerEscooterRoute(scope: FastifyInstance, ingest: Ingest): void {
  registerRoute(scope, {
    ...received,
    url: '/rest/V1/erpconnector/webhook',
    tag: 'Escooter ERP',
    summary: 'A callback of the ERP: what happened to an order, or how much there is of some articles',
    access: ['escooterSignature'],
    rawBody: ErpEvent,
    answer,
    handle: async ({ request, reply }) => {
      const acceptance = await ingest(toInput(request, TARGET, null), request.id);
      reply.code(statusOf(acceptance));
      const isOrder = acceptance.entityType === 'ORDER';
      return {
        success: true as const,
        message: isOrder ? messageOf(acceptance) : 'Stock updated successfully',
        order_id: isOrder ? acceptance.entityId : null,
        erp_reference: acceptance.externalId,
        order_status: acceptance.entityStatus,
      };
    },
  });
}
