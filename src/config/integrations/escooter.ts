import { CronExpressionParser } from 'cron-parser';
import { z } from 'zod';
import { baseUrl, wholeNumber } from '../variables.js';
import { defineIntegration } from './define-integration.js';

const yesOrNo = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');

export const escooter = defineIntegration({
  connector: 'escooter',
  title: 'Escooter ERP',
  prefix: 'ESCOOTER_ERP_',
  required: ['BASE_URL', 'API_KEY', 'HMAC_SECRET'],
  variables: {
    BASE_URL: {
      schema: baseUrl,
      about: "Address of the ERP's API. Must be `https:` in production.",
      expected: 'a URL with https: (http: only outside production), without query or password',
      example: 'https://erp.example.com/api',
    },
    API_KEY: {
      schema: z.string(),
      about: 'Sent as `X-API-KEY`.',
      expected: 'the key that the ERP gave you',
      example: 'your-api-key',
      secret: true,
    },
    HMAC_SECRET: {
      schema: z.string(),
      about: 'Signs every request and checks every webhook (`X-Signature`).',
      expected: 'the secret that you share with the ERP',
      example: 'your-hmac-secret',
      secret: true,
    },
    TIMEOUT: {
      schema: wholeNumber(1, 300),
      default: '30',
      about: 'Longest time of one call, seconds.',
      expected: 'seconds, a whole number from 1 to 300',
      example: '30',
    },
    MAX_ATTEMPTS: {
      schema: wholeNumber(1, 50),
      default: '5',
      about: 'Attempts of one sync, the first included; then it has failed for good.',
      expected: 'a whole number from 1 to 50',
      example: '5',
    },
    BASE_DELAY: {
      schema: wholeNumber(0, 86_400),
      default: '60',
      about: 'Seconds; after the n-th failed attempt the wait is 2^n times as long.',
      expected: 'seconds, a whole number from 0 to 86400',
      example: '60',
    },
    IMMEDIATE: {
      schema: yesOrNo,
      default: 'true',
      about: 'Whether an order is sent as soon as it is invoiced; otherwise it waits for `CRON`.',
      expected: 'true or false',
      example: 'true',
    },
    CRON_ENABLED: {
      schema: yesOrNo,
      default: 'true',
      about: 'Whether the schedule sends what waits.',
      expected: 'true or false',
      example: 'true',
    },
    CRON: {
      schema: z.string().refine(isCron),
      default: '0 * * * *',
      about: 'When waiting orders are sent, at most 100 at a time, UTC.',
      expected: 'a cron expression',
      example: '0 * * * *',
    },
    DEBUG: {
      schema: yesOrNo,
      default: 'false',
      about: 'Whether requests and answers are logged, secrets masked.',
      expected: 'true or false',
      example: 'false',
    },
  },
  configure: ({ BASE_URL: baseUrl, API_KEY: apiKey, HMAC_SECRET: apiSecret, ...more }) => ({
    credentials: { apiKey, apiSecret },
    settings: {
      baseUrl,
      timeout: more.TIMEOUT * 1000,
      maxAttempts: more.MAX_ATTEMPTS,
      baseDelay: more.BASE_DELAY,
      immediate: more.IMMEDIATE,
      cronEnabled: more.CRON_ENABLED,
      cron: more.CRON,
      debug: more.DEBUG,
    },
  }),
});

function isCron(text: string): boolean {
  try {
    CronExpressionParser.parse(text);
    return true;
  } catch {
    return false;
  }
}
