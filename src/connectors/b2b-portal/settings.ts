import { z } from 'zod';
import { InvoiceStatus, OrderStatus } from '../../model/statuses.js';
import { baseUrlSetting, policySettings } from '../policy.js';
import { strictMapping } from '../status-settings.js';

export const PortalCredentials = z.strictObject({
  apiKey: z.string().min(1).describe('Sent with every call, as X-API-Key.'),
  apiSecret: z
    .string()
    .min(1)
    .optional()
    .describe('Signs webhooks; once it is set, a webhook without a right signature is refused.'),
});
export type PortalCredentials = z.infer<typeof PortalCredentials>;

export const PortalSettings = z.strictObject({
  baseUrl: baseUrlSetting.meta({ title: 'Address', description: 'Of the portal’s API.' }),
  merchantId: z.string().min(1).describe('The merchant’s id at the portal.'),
  ...policySettings,
  statusMappings: z
    .strictObject({
      orders: z.record(z.string(), z.enum(OrderStatus)).default({}),
      invoices: z.record(z.string(), z.enum(InvoiceStatus)).default({}),
    })
    .prefault({})
    .describe('The portal’s status → the hub’s; goes before the standard table.'),
  strictMapping,
});
export type PortalSettings = z.infer<typeof PortalSettings>;
