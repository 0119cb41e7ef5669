import { createRequire } from 'node:module';
import type { Stripe } from 'stripe';
import { HubError } from '../../errors.js';
import type { OrderStatus } from '../../model/statuses.js';
import type { InboundEvent, WebhookReceiver } from '../connector.js';
import { readWebhookBody } from '../webhook-body.js';
import { isAboutSubscription, recordOf } from './record.js';
import type { StripeCredentials, StripeSettings } from './settings.js';
import { idOf, StripeEvent } from './wire.js';

const TOLERANCE_S = 300;

/** An order that has moved on since is not called paid again. */
const BEFORE_PAYMENT: readonly OrderStatus[] = ['PENDING', 'CONFIRMED', 'ON_HOLD'];

const require = createRequire(import.meta.url);

/** The whole client, of which this is used alone: loaded for the first webhook, not by every hub. */
function loadSignature(): NonNullable<typeof Stripe.webhooks.signature> {
  const library = require('stripe') as typeof Stripe;
  const { signature } = library.webhooks;
  if (!signature) throw new Error('This version of the stripe library cannot check signatures.');
  return signature;
}

export const stripeWebhooks: WebhookReceiver<StripeCredentials, StripeSettings> = {
  verify({ headers, rawBody, now }, { webhookSecret }) {
    const header = headers['stripe-signature'] ?? '';
    const seconds = Math.floor(now.getTime() / 1000);
    const signature = loadSignature();
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
    return {
      eventId: event.id,
      eventType: event.type,
      occurredAt: new Date(event.created * 1000).toISOString(),
      payload,
      ...told(event),
    };
  },
};

/** Payments that an intent usually tells of, too: recorded where they say of which order they are. */
const BESIDE_INTENTS = ['checkout.session.completed', 'checkout.session.async_payment_succeeded', 'charge.succeeded'];

type Told = Omit<InboundEvent, 'eventId' | 'eventType' | 'occurredAt' | 'payload'>;

function told(event: StripeEvent): Told {
  const status = statusOf(event);
  const isRepeated = BESIDE_INTENTS.includes(event.type) && !(status && namesOrder(event));
  const found = isRepeated ? null : recordOf(event);
  const record = found && { record: found };
  if (isAboutSubscription(event)) {
    // Its status is recorded with the rest, unless it is none of the hub's.
    const own = { sourceStatus: found ? null : (event.data.object.status ?? event.type), status: null };
    return { entityType: 'BILLING_SUBSCRIPTION', reference: byItself(event), ...own, ...record };
  }
  if (status === 'PAID' && found && !namesOrder(event))
    return { entityType: 'TRANSACTION', reference: byItself(event), sourceStatus: null, status: null, ...record };
  return {
    entityType: 'ORDER',
    reference: referenceOf(event),
    sourceStatus: status && event.type,
    status,
    ...(status === 'PAID' && { onlyFrom: BEFORE_PAYMENT }),
    // Another payment of an order that is known by its first one is of that order all the same.
    ...(status === 'PAID' && namesOrder(event) && ({ namedByNumber: true } as const)),
    ...(!status && !found && ({ unused: true } as const)),
    ...record,
  };
}

/** What the hub knows by Stripe's own id. */
const byItself = ({ data: { object } }: StripeEvent) => ({
  externalId: object.id,
  entityId: null,
  number: object.id,
});

const namesOrder = (event: StripeEvent): boolean => {
  const { entityId, number } = orderOf(event);
  return entityId !== null || number !== null;
};

/**
 * One payment makes several events. Its charge never counts beside its intent. Its checkout does where it names the order,
 * since Stripe copies a checkout's metadata to no intent; whichever comes second changes nothing.
 */
function statusOf(event: StripeEvent): OrderStatus | null {
  const {
    type,
    data: { object },
  } = event;
  const counts = !object.payment_intent || namesOrder(event);
  if (type === 'payment_intent.succeeded') return 'PAID';
  if (type === 'charge.succeeded' && !object.payment_intent) return 'PAID';
  if (type === 'checkout.session.completed' && object.payment_status === 'paid' && counts) return 'PAID';
  if (type === 'checkout.session.async_payment_succeeded' && counts) return 'PAID';
  return type === 'charge.refunded' && object.refunded === true ? 'REFUNDED' : null;
}

function referenceOf(event: StripeEvent) {
  const { payment_intent: intent, id } = event.data.object;
  return { externalId: idOf(intent) ?? id, ...orderOf(event) };
}

/** The shop writes the order's id or number into the payment's metadata, which Stripe copies from an intent to its charges. */
function orderOf({ data: { object } }: StripeEvent): { entityId: string | null; number: string | null } {
  const { metadata, client_reference_id: reference } = object;
  const entityId = metadata?.order_id ?? metadata?.orderId ?? reference ?? null;
  return { entityId, number: metadata?.order_number ?? metadata?.orderNumber ?? entityId };
}
