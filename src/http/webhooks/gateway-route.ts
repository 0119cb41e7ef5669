import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { GatewayBody } from '../../connectors/gateway/gateway-webhooks.js';
import { registerRoute } from '../docs/register-route.js';
import { answerAcceptance } from './answer-acceptance.js';
import { acceptanceEnvelope, KEY_HEADER, received } from './describe-webhook.js';
import type { Ingest } from './receive.js';
import { toInput } from './receive.js';

const paramsSchema = z.object({ integrationId: z.string() });

/** Any integration by its id: by its connector's own scheme, else by the gateway's. */
export function registerGatewayRoute(scope: FastifyInstance, ingest: Ingest): void {
  registerRoute(scope, {
    ...received,
    url: '/webhooks/:integrationId',
    tag: 'Webhooks',
    summary: 'A webhook for one integration',
    description: 'In the gateway’s scheme, or in that of the integration’s own system, whose body it then has as well.',
    access: ['gatewaySignature'],
    rawParams: paramsSchema,
    headers: z.object({
      ...KEY_HEADER,
      'x-webhook-timestamp': z.string().optional().meta({ description: 'When it was signed; within 5 minutes.' }),
      'x-webhook-id': z.string().optional().meta({ description: 'The event’s identity; else a hash of it.' }),
    }),
    rawBody: GatewayBody,
    answer: acceptanceEnvelope,
    handle: async ({ request, reply }) => {
      // An id that cannot exist is an unknown one, not a wrong one.
      const { integrationId } = paramsSchema.parse(request.params);
      const acceptance = await ingest(toInput(request, { integrationId }, null), request.id);
      return answerAcceptance(request, reply, acceptance);
    },
  });
}
