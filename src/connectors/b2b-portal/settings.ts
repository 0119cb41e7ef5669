import { z } from 'zod';
import { InvoiceStatus, OrderStatus } from '../../model/statuses.js';
import { baseUrlSetting, policySettings } from '../policy.js';

export const PortalCredentials = z.strictObject({
  apiKey: z.string().min(1),
  /** Signs webhooks; once it is set, a webhook without a right signature is refused. */
  apiSecret: z.string().min(1).optional(),
});
export type PortalCredentials = z.infer<typeof PortalCredentials>;

export const PortalSettings = z.strictObject({
  baseUrl: baseUrlSetting,
  /** The merchant's id at the portal. */
  merchantId: z.string().min(1),
  ...policySettings,
  /** The portal's status → the hub's; goes before the standard table. */
  statusMappings: z
    .strictObject({
      orders: z.record(z.string(), z.enum(OrderStatus)).default({}),
      invoices: z.record(z.string(), z.enum(InvoiceStatus)).default({}),
    })
    .prefault({}),
  /** An unmapped status is an error and nothing is changed. */
  strictMapping: z.boolean().default(false),
});
export type PortalSettings = z.infer<typeof PortalSettings>;
