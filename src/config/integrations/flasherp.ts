import { z } from 'zod';
import { baseUrl } from '../variables.js';
import { defineIntegration } from './define-integration.js';

export const flashErp = defineIntegration({
  connector: 'flasherp',
  title: 'FlashERP',
  prefix: 'FLASHERP_',
  required: ['API_KEY', 'API_SECRET'],
  variables: {
    API_KEY: {
      schema: z.string(),
      about: 'Sent as bearer token.',
      expected: 'the key that FlashERP gave you',
      example: 'your-api-key',
      secret: true,
    },
    API_SECRET: {
      schema: z.string(),
      about: 'Signs every call.',
      expected: 'the secret that FlashERP gave you',
      example: 'your-api-secret',
      secret: true,
    },
    BASE_URL: {
      schema: baseUrl,
      default: 'https://api.flasherp.com/v1',
      about: 'Address of the API. Must be `https:` in production.',
      expected: 'a URL with https: (http: only outside production), without query or password',
      example: 'https://api.flasherp.com/v1',
    },
    WEBHOOK_SECRET: {
      schema: z.string(),
      about: 'Checks the signature of webhooks. Not set: webhooks are not checked.',
      expected: 'the secret that signs webhooks',
      example: 'your-webhook-secret',
      secret: true,
    },
  },
  configure: ({ API_KEY: apiKey, API_SECRET: apiSecret, BASE_URL, WEBHOOK_SECRET: webhookSecret }) => ({
    credentials: { apiKey, apiSecret, ...(typeof webhookSecret === 'string' && { webhookSecret }) },
    settings: { baseUrl: BASE_URL },
  }),
});
