import { Stripe } from 'stripe';
import { z } from 'zod';
import { HubError } from '../../errors.js';
import type { OrderStatus } from '../../model/statuses.js';
import type { WebhookReceiver } from '../connector.js';
import { readWebhookBody } from '../webhook-body.js';
import type { StripeCredentials, StripeSettings } from './settings.js';

const TOLERANCE_S = 300;

/** An order that has moved on since is not called paid again. */
const BEFORE_PAYMENT: readonly OrderStatus[] = ['PENDING', 'CONFIRMED', 'ON_HOLD'];

const Id = z
  .union([z.string().min(1).max(255), z.int()], { error: 'must be text of 1 to 255 characters' })
  .transform(String);

/** What the hub reads of an event; the rest is kept with the payload. */
export const StripeEvent = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(100),
  created: z.int().min(0).max(253_402_300_799),
  data: z.object({
    object: z.looseObject({
      id: z.string().min(1).max(255),
      metadata: z.looseObject({ order_id: Id.nullish(), order_number: Id.nullish() }).nullish(),
      payment_intent: z.union([z.string(), z.looseObject({ id: z.string() })]).nullish(),
      payment_status: z.string().nullish(),
      refunded: z.boolean().nullish(),
    }),
  }),
});
type StripeEvent = z.infer<typeof StripeEvent>;

const { signature } = Stripe.webhooks;
if (!signature) throw new Error('This version of the stripe library cannot check signatures.');

export const stripeWebhooks: WebhookReceiver<StripeCredentials, StripeSettings> = {
  verify({ headers, rawBody, now }, { webhookSecret }) {
    const header = headers['stripe-signature'] ?? '';
    const seconds = Math.floor(now.getTime() / 1000);
    try {
      // Without a tolerance: the library looks at the past only, so that the time is judged below, on both sides.
      signature.verifyHeader(rawBody, header, webhookSecret, 0, undefined, seconds);
    } catch (error) {
      throw new HubError('SIGNATURE_INVALID', 'Stripe-Signature is not the one of these bytes by the signing secret.', {
        cause: error,
      });
    }
    const signedAt = Number(/(?:^|,)\s*t=(\d+)/.exec(header)?.[1]);
    if (!(Math.abs(seconds - signedAt) <= TOLERANCE_S))
      throw new HubError('TIMESTAMP_STALE', 'The time of Stripe-Signature must be within 5 minutes of now.');
  },
  parse({ rawBody }) {
    const { value: event, payload } = readWebhookBody(rawBody, StripeEvent);
    const status = statusOf(event);
    return {
      eventId: event.id,
      eventType: event.type,
      entityType: 'ORDER',
      reference: referenceOf(event),
      occurredAt: new Date(event.created * 1000).toISOString(),
      sourceStatus: status && event.type,
      status,
      ...(status === 'PAID' && { onlyFrom: BEFORE_PAYMENT }),
      payload,
    };
  },
};

/**
 * One payment makes several events (its charge, its checkout): only the intent's own counts, so that an order that has
 * moved on is not called paid again.
 */
function statusOf({ type, data: { object } }: StripeEvent): OrderStatus | null {
  if (type === 'payment_intent.succeeded') return 'PAID';
  if (type === 'checkout.session.completed' && !object.payment_intent && object.payment_status === 'paid')
    return 'PAID';
  return type === 'charge.refunded' && object.refunded === true ? 'REFUNDED' : null;
}

/** The shop writes the order's id or number into the payment's metadata, which Stripe copies to its charges. */
function referenceOf({ data: { object } }: StripeEvent) {
  const { metadata, payment_intent: intent, id } = object;
  const externalId = typeof intent === 'string' ? intent : (intent?.id ?? id);
  return { externalId, entityId: metadata?.order_id ?? null, number: metadata?.order_number ?? null };
}
