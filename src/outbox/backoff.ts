import type { DeliveryPolicy } from '../connectors/connector.js';

/** Small: the documents name the waits, and the gate of an integration spreads its calls anyway. */
const JITTER = 0.05;
const LONGEST_MS = 24 * 3_600_000;
/** An upstream may ask for longer; it is asked again after an hour. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** What is kept of a Retry-After. */
export function capRetryAfter(retryAfterMs: number | null): number | null {
  return retryAfterMs === null ? null : Math.min(Math.max(retryAfterMs, 0), LONGEST_RETRY_AFTER_MS);
}

/**
 * Milliseconds until the next try after `failedAttempts` (1 or more) have failed: the policy's delay plus up to a twentieth
 * of it, never less, at least what the upstream asked for, and a day at most.
 */
export function backoffMs(policy: DeliveryPolicy, failedAttempts: number, retryAfterMs: number | null): number {
  const delay = policy.backoffBaseMs * policy.backoffFactor ** (failedAttempts - 1) * (1 + Math.random() * JITTER);
  return Math.ceil(Math.max(Math.min(delay, LONGEST_MS), capRetryAfter(retryAfterMs) ?? 0));
}
