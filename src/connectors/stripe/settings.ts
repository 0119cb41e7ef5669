import { z } from 'zod';

export const StripeCredentials = z.strictObject({
  webhookSecret: z.string().min(1).describe('The signing secret of the webhook endpoint, `whsec_…`.'),
});
export type StripeCredentials = z.infer<typeof StripeCredentials>;

export const StripeSettings = z.strictObject({
  strictMapping: z.boolean().default(false).describe('An unmapped status is an error and nothing is changed.'),
});
export type StripeSettings = z.infer<typeof StripeSettings>;
