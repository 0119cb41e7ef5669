import { z } from 'zod';
import { baseUrl } from '../variables.js';
import { defineIntegration } from './define-integration.js';

export const extensiv = defineIntegration({
  connector: 'extensiv',
  title: 'Extensiv WMS',
  prefix: 'EXTENSIV_',
  required: ['BASE_URL', 'CLIENT_ID', 'CLIENT_SECRET'],
  variables: {
    BASE_URL: {
      schema: baseUrl,
      about: "Address of Extensiv's API, without `/api/v1`. Must be `https:` in production.",
      expected: 'a URL with https: (http: only outside production), without query or password',
      example: 'https://api.extensiv.example.com',
    },
    CLIENT_ID: {
      schema: z.string(),
      about: 'Signs in by OAuth 2.0 client credentials.',
      expected: 'the client id that Extensiv gave you',
      example: 'your-client-id',
      secret: true,
    },
    CLIENT_SECRET: {
      schema: z.string(),
      about: 'Signs in by OAuth 2.0 client credentials.',
      expected: 'the client secret that Extensiv gave you',
      example: 'your-client-secret',
      secret: true,
    },
  },
  configure: ({ BASE_URL: baseUrl, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret }) => ({
    credentials: { clientId, clientSecret },
    settings: { baseUrl },
  }),
});
