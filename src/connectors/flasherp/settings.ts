import { z } from 'zod';
import { baseUrlSetting, policySettings } from '../policy.js';

export const FlashErpCredentials = z.strictObject({
  apiKey: z.string().min(1),
  apiSecret: z.string().min(1).describe('Signs every call.'),
  webhookSecret: z
    .string()
    .min(1)
    .optional()
    .describe('Signs webhooks; once it is set, a webhook without a right signature is refused.'),
});
export type FlashErpCredentials = z.infer<typeof FlashErpCredentials>;

export const FlashErpSettings = z.strictObject({
  baseUrl: baseUrlSetting.meta({ title: 'Address', description: 'Of the API of FlashERP.' }),
  ...policySettings,
  backoffBaseMs: policySettings.backoffBaseMs.default(2000),
  enableAutoSync: z.boolean().default(true).describe('Whether the scheduled syncs include this integration.'),
  syncInterval: z.int().min(60).max(604_800).default(3600).describe('Seconds between scheduled syncs of transactions.'),
  syncScope: z
    .strictObject({
      transactions: z.boolean().default(true),
      subscriptions: z.boolean().default(true),
      customers: z.boolean().default(true),
      invoices: z.boolean().default(true),
      financialReports: z.boolean().default(false),
    })
    .prefault({})
    .describe('What is sent there.'),
  strictMapping: z.boolean().default(false).describe('An unmapped status is an error and nothing is changed.'),
});
export type FlashErpSettings = z.infer<typeof FlashErpSettings>;
