import { z } from 'zod';
import type { DeliveryPolicy } from './connector.js';

/** Settings that every connector has: how its integration is called. The defaults are the B2B Portal's documented ones. */
export const policySettings = {
  /** Milliseconds for one call, the answer's body included. */
  timeout: z.int().min(1).max(600_000).default(30_000),
  /** Tries after the first. */
  maxRetries: z.int().min(0).max(50).default(3),
  /** Milliseconds before the second try. */
  backoffBaseMs: z.int().min(1).max(600_000).default(1000),
  backoffFactor: z.number().min(1).max(10).default(2),
  ratePerSecond: z.number().positive().max(10_000).nullable().default(10),
  concurrency: z.int().min(1).max(256).default(8),
  circuitFailures: z.int().min(1).max(1000).default(5),
  circuitOpenMs: z.int().min(1).max(3_600_000).default(60_000),
};

const PolicySettings = z.object(policySettings);

export function policyOf(settings: z.infer<typeof PolicySettings>): DeliveryPolicy {
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
  .url({ protocol: /^https?$/, error: 'must be an address such as https://portal.example.com/api/v1' })
  .refine((url) => !/[?#]|\/\/[^/]*@/.test(url), 'must have no query, fragment or credentials')
  .transform((url) => url.replace(/\/+$/, ''));
