import { z } from 'zod';
import { strictMapping } from '../status-settings.js';

export const StripeCredentials = z.strictObject({
  webhookSecret: z.string().min(1).describe('The signing secret of the webhook endpoint, `whsec_…`.'),
});
export type StripeCredentials = z.infer<typeof StripeCredentials>;

export const StripeSettings = z.strictObject({
  strictMapping,
});
export type StripeSettings = z.infer<typeof StripeSettings>;
