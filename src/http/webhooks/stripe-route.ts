import type { FastifyInstance } from 'fastify';
import { StripeEvent } from '../../connectors/stripe/index.js';
import { registerRoute } from '../docs/register-route.js';
import { answerAcceptance } from './answer-acceptance.js';
import { acceptanceEnvelope, received } from './describe-webhook.js';
import type { Ingest } from './receive.js';
import { toInput } from './receive.js';

const TARGET = { connector: 'stripe' };

/** Stripe's webhooks, rows E8 and F17. */
export function registerStripeRoute(scope: FastifyInstance, ingest: Ingest): void {
  registerRoute(scope, {
    ...received,
    url: '/webhooks/stripe',
    tag: 'Stripe',
    summary: 'A webhook of Stripe, about a payment or a subscription',
    access: ['stripeSignature'],
    rawBody: StripeEvent,
    answer: acceptanceEnvelope,
    handle: async ({ request, reply }) => {
      const acceptance = await ingest(toInput(request, TARGET, null), request.id);
      return answerAcceptance(request, reply, acceptance);
    },
  });
}
