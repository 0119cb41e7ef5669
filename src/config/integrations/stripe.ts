import { z } from 'zod';
import { defineIntegration } from './define-integration.js';

export const stripe = defineIntegration({
  connector: 'stripe',
  title: 'Stripe',
  prefix: 'STRIPE_',
  required: ['WEBHOOK_SECRET'],
  variables: {
    WEBHOOK_SECRET: {
      schema: z.string(),
      about: 'Checks the signature of webhooks at `/webhooks/stripe`.',
      expected: 'the signing secret of the webhook endpoint',
      example: 'your-signing-secret',
      secret: true,
    },
  },
  configure: ({ WEBHOOK_SECRET: webhookSecret }) => ({ credentials: { webhookSecret }, settings: {} }),
});
