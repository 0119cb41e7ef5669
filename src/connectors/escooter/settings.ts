import { z } from 'zod';
import { isCron } from '../../model/cron.js';
import type { DeliveryPolicy } from '../connector.js';
import { baseUrlSetting, policyOf, policySettings } from '../policy.js';
import { orderStatusMappings, strictMapping } from '../status-settings.js';

export const ErpCredentials = z.strictObject({
  apiKey: z.string().min(1).describe('Sent as X-API-KEY.'),
  apiSecret: z.string().min(1).describe('The HMAC secret: signs what is sent, and checks what is received.'),
});
export type ErpCredentials = z.infer<typeof ErpCredentials>;

const { timeout, concurrency, ratePerSecond, circuitFailures, circuitOpenMs } = policySettings;

export const ErpSettings = z.strictObject({
  baseUrl: baseUrlSetting.meta({ title: 'Address', description: 'Of the ERP’s API.' }),
  immediate: z
    .boolean()
    .default(true)
    .describe('Whether an order is sent as soon as it is invoiced; otherwise it waits for the schedule.'),
  cronEnabled: z.boolean().default(true).describe('Whether the schedule sends what waits.'),
  cron: z
    .string()
    .refine(isCron, 'must be a cron expression such as "0 * * * *"')
    .default('0 * * * *')
    .describe('When it does: cron, in UTC.'),
  debug: z.boolean().default(false).describe('Whether requests and answers are logged, secrets masked.'),
  maxAttempts: z.int().min(1).max(50).default(5).describe('Tries, the first included.'),
  baseDelay: z
    .number()
    .min(0)
    .max(86_400)
    .default(60)
    .describe('Seconds; before attempt n + 1 the wait is 2^n times as long.'),
  timeout,
  concurrency,
  ratePerSecond: ratePerSecond.unwrap().default(null).describe('Calls per second over all processes; null: no limit.'),
  circuitFailures,
  /** A minute at most, so that one order that fails again and again holds up no other for long. */
  circuitOpenMs: circuitOpenMs
    .unwrap()
    .optional()
    .describe('Milliseconds without calls after failures in a row; left out: the base delay, a minute at most.'),
  statusMappings: orderStatusMappings.describe('The ERP’s status → the hub’s; goes before the standard table.'),
  strictMapping,
});
export type ErpSettings = z.infer<typeof ErpSettings>;

const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

/** Waits 2^attempts × base delay between two attempts. */
export function erpPolicy({ maxAttempts, baseDelay, ...settings }: ErpSettings): DeliveryPolicy {
  const { circuitOpenMs = Math.min(Math.max(baseDelay * 1000, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS) } = settings;
  const backoff = { maxRetries: maxAttempts - 1, backoffBaseMs: 2 * baseDelay * 1000, backoffFactor: 2 };
  return policyOf({ ...settings, ...backoff, circuitOpenMs });
}
