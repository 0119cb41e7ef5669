import type { DeliveryPolicy } from '../../src/connectors/connector.js';

/** Nothing limits it; each test narrows what it is about. */
export const POLICY: DeliveryPolicy = {
  concurrency: 20,
  ratePerSecond: null,
  maxAttempts: 4,
  backoffBaseMs: 20,
  backoffFactor: 2,
  timeoutMs: 1000,
  circuitFailures: 1000,
  circuitOpenMs: 300,
};
