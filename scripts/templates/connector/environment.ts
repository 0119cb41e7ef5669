import { z } from 'zod';
import { defineIntegration } from '../../../src/config/integrations/define-integration.js';
import { baseUrl } from '../../../src/config/variables.js';

export const newSystemVariables = defineIntegration({
  connector: 'new-system',
  title: 'New System',
  prefix: 'NEW_SYSTEM_',
  required: ['BASE_URL', 'API_KEY', 'API_SECRET'],
  variables: {
    BASE_URL: {
      schema: baseUrl,
      about: 'Address of the API. Must be `https:` in production.',
      expected: 'a URL with https: (http: only outside production), without query or password',
      example: 'https://api.example.com/v1',
    },
    API_KEY: {
      schema: z.string(),
      about: 'Sent with every call.',
      expected: 'the key that New System gave you',
      example: 'your-api-key',
      secret: true,
    },
    API_SECRET: {
      schema: z.string(),
      about: 'Checks the signature of webhooks.',
      expected: 'the secret that New System gave you',
      example: 'your-api-secret',
      secret: true,
    },
  },
  configure: ({ BASE_URL, API_KEY: apiKey, API_SECRET: apiSecret }) => ({
    credentials: { apiKey, apiSecret },
    settings: { baseUrl: BASE_URL },
  }),
});
