import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { PortalEvent } from '../../connectors/b2b-portal/index.js';
import type { Acceptance } from '../../inbox/events.js';
import type { EntityType } from '../../model/statuses.js';
import { registerRoute } from '../docs/register-route.js';
import { ANYBODY } from '../docs/schemes.js';
import { enveloped, success } from '../envelope.js';
import { received } from './describe-webhook.js';
import type { Ingest } from './receive.js';
import { messageOf, statusOf, toInput } from './receive.js';

const PATH = '/api/v1/b2b/webhooks/b2b';
const TARGET = { connector: 'b2b-portal' };

const ids = { status: z.string().nullable(), message: z.string() };
const orderFields = z.object({ erp_order_id: z.string().nullable(), b2b_order_id: z.string().nullable(), ...ids });
const invoiceFields = z.object({
  erp_invoice_id: z.string().nullable(),
  b2b_invoice_id: z.string().nullable(),
  ...ids,
});

/** The documented body: nothing that differs between a first answer and its repetition. */
const answer = z.object({ success: z.literal(true), data: z.union([orderFields, invoiceFields]) });

/** The B2B Portal's webhooks, rows B3–B7. */
export function registerPortalRoutes(scope: FastifyInstance, ingest: Ingest): void {
  const receive = (url: string, entityType: EntityType | null, summary: string) =>
    registerRoute(scope, {
      ...received,
      url,
      tag: 'B2B Portal',
      summary,
      access: ['b2bSignature'],
      rawBody: PortalEvent,
      answer,
      handle: async ({ request, reply }) => {
        const acceptance = await ingest(toInput(request, TARGET, entityType), request.id);
        reply.code(statusOf(acceptance));
        return { success: true as const, data: toPortal(acceptance) };
      },
    });
  receive(PATH, null, 'A webhook of the portal, about an order or an invoice');
  receive(`${PATH}/order`, 'ORDER', 'A webhook of the portal about an order');
  receive(`${PATH}/invoice`, 'INVOICE', 'A webhook of the portal about an invoice');
  registerRoute(scope, {
    method: 'GET',
    url: `${PATH}/verify`,
    tag: 'B2B Portal',
    summary: 'Whether the webhook address can be reached',
    access: ANYBODY,
    answer: enveloped(z.object({ status: z.literal('ok'), message: z.string() })),
    errors: ['RATE_LIMITED'],
    handle: async ({ request }) =>
      success(request, { status: 'ok' as const, message: 'The webhook endpoint is accessible.' }),
  });
}

function toPortal(acceptance: Acceptance): z.output<typeof answer>['data'] {
  const { entityType, entityId, externalId, entityStatus: status } = acceptance;
  const message = messageOf(acceptance);
  return entityType === 'INVOICE'
    ? { erp_invoice_id: entityId, b2b_invoice_id: externalId, status, message }
    : { erp_order_id: entityId, b2b_order_id: externalId, status, message };
}
