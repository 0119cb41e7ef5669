import { z } from 'zod';
import { isCron } from '../../model/cron.js';
import { baseUrlSetting, policySettings } from '../policy.js';
import { strictMapping } from '../status-settings.js';

export const FlashErpCredentials = z.strictObject({
  apiKey: z.string().min(1).describe('Sent with every call.'),
  apiSecret: z.string().min(1).describe('Signs every call.'),
  webhookSecret: z
    .string()
    .min(1)
    .optional()
    .describe('Signs webhooks; once it is set, a webhook without a right signature is refused.'),
});
export type FlashErpCredentials = z.infer<typeof FlashErpCredentials>;

const cron = (usual: string) =>
  z.string().refine(isCron, 'must be a cron expression such as "0 2 * * *"').nullable().default(usual);

export const FlashErpSettings = z.strictObject({
  baseUrl: baseUrlSetting.meta({ title: 'Address', description: 'Of the API of FlashERP.' }),
  ...policySettings,
  backoffBaseMs: policySettings.backoffBaseMs.default(2000),
  enableAutoSync: z
    .boolean()
    .default(true)
    .describe('Whether transactions and subscriptions are synced by the clock; what is new is always sent at once.'),
  syncInterval: z
    .int()
    .min(60)
    .max(604_800)
    .default(3600)
    .describe('Seconds between two syncs of the transactions of the last 24 hours; 3600: at each full hour.'),
  timetable: z
    .strictObject({
      subscriptions: cron('0 */6 * * *'),
      reconciliation: cron('0 2 * * *'),
      health: cron('*/15 * * * *'),
    })
    .prefault({})
    .describe('When the rest is done: cron, in UTC; null: only when somebody asks.'),
  maxRedrives: z
    .int()
    .min(0)
    .max(100)
    .default(5)
    .describe('How often a failed sync is put back by itself; a job looks every 5 minutes.'),
  redriveBaseMs: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(2000)
    .describe('Milliseconds after the failure before which it is not; each further time twice as long.'),
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
  strictMapping,
});
export type FlashErpSettings = z.infer<typeof FlashErpSettings>;
