import { z } from 'zod';
import { baseUrlSetting, policySettings } from '../../../src/connectors/policy.js';

export const NewSystemCredentials = z.strictObject({
  apiKey: z.string().min(1),
  apiSecret: z.string().min(1).describe('Signs webhooks.'),
});
export type NewSystemCredentials = z.infer<typeof NewSystemCredentials>;

export const NewSystemSettings = z.strictObject({
  baseUrl: baseUrlSetting.meta({ title: 'Address', description: 'Of the API.' }),
  ...policySettings,
  strictMapping: z.boolean().default(false).describe('An unmapped status is an error and nothing is changed.'),
});
export type NewSystemSettings = z.infer<typeof NewSystemSettings>;
