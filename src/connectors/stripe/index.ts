import { HubError } from '../../errors.js';
import type { Connector, DeliveryPolicy } from '../connector.js';
import { deliverSafely } from '../upstream/classify.js';
import { RECORDED_TYPES } from './record.js';
import { StripeCredentials, StripeSettings } from './settings.js';
import { stripeWebhooks } from './webhook.js';

export { StripeEvent } from './wire.js';

/** Nothing is sent, so nothing of it is ever used up. */
const POLICY: DeliveryPolicy = {
  concurrency: 1,
  ratePerSecond: null,
  maxAttempts: 1,
  backoffBaseMs: 1000,
  backoffFactor: 2,
  timeoutMs: 30_000,
  circuitFailures: 5,
  circuitOpenMs: 60_000,
};

/** Stripe, which tells of payments; the hub asks it nothing. */
export const stripe: Connector<StripeCredentials, StripeSettings> = {
  name: 'stripe',
  title: 'Stripe',
  sends: [],
  modes: ['WEBHOOK'],
  honoursIdempotencyKeys: true,
  credentials: StripeCredentials,
  settings: StripeSettings,
  policy: () => POLICY,
  webhooks: stripeWebhooks,
  records: RECORDED_TYPES,
  demo: {
    webhookPath: '/webhooks/stripe',
    credentials: ({ apiSecret }) => ({ webhookSecret: apiSecret }),
    settings: () => ({}),
  },
  connect: () => ({
    deliver: () =>
      deliverSafely(async () => {
        throw new HubError('UNSUPPORTED', 'Stripe tells of payments only: nothing is sent to it.');
      }),
    checkHealth: async () => {},
  }),
};
