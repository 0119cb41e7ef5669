import { z } from 'zod';
import type { DeliveryPolicy } from './connector.js';
import { scheduleSettings } from './schedule.js';

/** Settings that every connector has: how its integration is called, when it is asked for news and how much of that is believed. The defaults are the B2B Portal's documented ones. */
export const policySettings = {
  timeout: z.int().min(1).max(600_000).default(30_000).describe('Milliseconds for one call, the answer included.'),
  maxRetries: z.int().min(0).max(50).default(3).describe('Tries after the first.'),
  backoffBaseMs: z.int().min(1).max(600_000).default(1000).describe('Milliseconds before the second try.'),
  backoffFactor: z.number().min(1).max(10).default(2).describe('Each further wait is so many times longer.'),
  ratePerSecond: z
    .number()
    .positive()
    .max(10_000)
    .nullable()
    .default(10)
    .describe('Calls per second over all processes; null: no limit.'),
  concurrency: z
    .int()
    .min(1)
    .max(256)
    .default(8)
    .describe('Calls at once over all processes, which share them evenly; each may make one.'),
  circuitFailures: z.int().min(1).max(1000).default(5).describe('Failures in a row that stop the calls for a while.'),
  circuitOpenMs: z.int().min(1).max(3_600_000).default(60_000).describe('Milliseconds of that while.'),
  removeAtMost: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Share of what is known that one complete reading may take for gone; more fails it. 1: any.'),
  ...scheduleSettings,
};

const PolicySettings = z.object(policySettings);

export function policyOf(settings: Omit<z.infer<typeof PolicySettings>, 'removeAtMost'>): DeliveryPolicy {
  return {
    concurrency: settings.concurrency,
    ratePerSecond: settings.ratePerSecond,
    maxAttempts: settings.maxRetries + 1,
    backoffBaseMs: settings.backoffBaseMs,
    backoffFactor: settings.backoffFactor,
    timeoutMs: settings.timeout,
    circuitFailures: settings.circuitFailures,
    circuitOpenMs: settings.circuitOpenMs,
  };
}

/** A base address: http(s), without credentials, query or fragment; a slash at its end is dropped. */
export const baseUrlSetting = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://api.example.com' })
  .refine((url) => !/[?#]|\/\/[^/]*@/.test(url), 'must have no query, fragment or credentials')
  .transform((url) => url.replace(/\/+$/, ''));

/** The same without the beginning of the paths that the connector adds itself: people give it with and without. */
export const serverUrlSetting = baseUrlSetting.transform((url) => url.replace(/\/api(\/v\d+)?$/i, ''));
