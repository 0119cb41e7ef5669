import { z } from 'zod';
import { baseUrl, wholeNumber } from '../variables.js';
import { defineIntegration } from './define-integration.js';

export const b2bPortal = defineIntegration({
  connector: 'b2b-portal',
  title: 'B2B Portal',
  prefix: 'B2B_PORTAL_',
  required: ['BASE_URL', 'API_KEY', 'MERCHANT_ID'],
  variables: {
    BASE_URL: {
      schema: baseUrl,
      about: "Address of the portal's API. Must be `https:` in production.",
      expected: 'a URL with https: (http: only outside production), without query or password',
      example: 'https://b2b-portal.example.com/api/v1',
    },
    API_KEY: {
      schema: z.string(),
      about: 'Sent as `X-API-Key`.',
      expected: 'the key that the portal gave you',
      example: 'your-api-key',
      secret: true,
    },
    API_SECRET: {
      schema: z.string(),
      about: 'Checks the signature of webhooks. Not set: webhooks are not checked.',
      expected: 'the secret that the portal gave you',
      example: 'your-api-secret',
      secret: true,
    },
    MERCHANT_ID: {
      schema: z.string(),
      about: 'The merchant whose orders go there; sent as `X-Merchant-Id`.',
      expected: "the merchant's id",
      example: 'your-merchant-id',
    },
    TIMEOUT: {
      schema: wholeNumber(100, 300_000),
      default: '30000',
      about: 'Longest time of one call, milliseconds.',
      expected: 'milliseconds, a whole number from 100 to 300000',
      example: '30000',
    },
    MAX_RETRIES: {
      schema: wholeNumber(0, 20),
      default: '3',
      about: 'How often a failed call is tried again.',
      expected: 'a whole number from 0 to 20',
      example: '3',
    },
  },
  configure: ({ BASE_URL: baseUrl, API_KEY: apiKey, API_SECRET: apiSecret, MERCHANT_ID: merchantId, ...more }) => ({
    credentials: { apiKey, ...(apiSecret && { apiSecret }) },
    settings: { baseUrl, merchantId, timeout: more.TIMEOUT, maxRetries: more.MAX_RETRIES },
  }),
});
