import { z } from 'zod';
import { baseUrlSetting, policySettings } from '../policy.js';
import { orderStatusMappings, strictMapping } from '../status-settings.js';

export const ExtensivCredentials = z.strictObject({
  clientId: z.string().min(1).describe('Of the OAuth client that Extensiv gave you.'),
  clientSecret: z.string().min(1).describe('Its secret.'),
});
export type ExtensivCredentials = z.infer<typeof ExtensivCredentials>;

export const ExtensivSettings = z.strictObject({
  baseUrl: baseUrlSetting.meta({ title: 'Address', description: 'Of Extensiv’s API, without /api/v1.' }),
  ...policySettings,
  maxRetries: policySettings.maxRetries.default(4).describe('Tries of an export after the first.'),
  backoffBaseMs: policySettings.backoffBaseMs
    .default(2000)
    .describe('Milliseconds before the second try of an export.'),
  readRetries: z.int().min(0).max(10).default(3).describe('Tries of a question after the first, within one sync.'),
  readRetryBaseMs: z
    .int()
    .min(1)
    .max(60_000)
    .default(1000)
    .describe('Milliseconds before the second; then twice as long.'),
  pageSize: z.int().min(1).max(5000).default(1000).describe('Rows of stock or products that are asked for at once.'),
  pullEveryMinutes: z
    .number()
    .min(1)
    .max(1440)
    .nullable()
    .default(10)
    .describe(
      'Minutes between two readings of products and stock where no schedule is set; null: only when somebody asks.',
    ),
  currency: z.string().length(3).default('USD').describe('Of the prices there, which carry none.'),
  statusMappings: orderStatusMappings.describe('Extensiv’s status → the hub’s; goes before the standard table.'),
  strictMapping,
});
export type ExtensivSettings = z.infer<typeof ExtensivSettings>;
