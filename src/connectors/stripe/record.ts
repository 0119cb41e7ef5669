import { add, fromSmallest, multiply } from '../../model/money.js';
import type { BillingInterval, BillingSubscriptionStatus } from '../../model/statuses.js';
import type { ToldRecord, ToldSubscription } from '../told-record.js';
import { readShape } from '../webhook-body.js';
import { idOf, type StripeEvent, StripePayment, StripeSubscription } from './wire.js';

/** Currencies without a smaller unit, and those of three places; Stripe's lists, which are not ISO's. */
const WITHOUT_UNITS = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ');
const OF_THOUSANDS = ['BHD', 'JOD', 'KWD', 'OMR', 'TND'];

const STATUSES: Record<string, BillingSubscriptionStatus> = {
  incomplete: 'INCOMPLETE',
  incomplete_expired: 'CANCELLED',
  trialing: 'TRIALING',
  active: 'ACTIVE',
  past_due: 'PAST_DUE',
  unpaid: 'PAST_DUE',
  paused: 'PAUSED',
  canceled: 'CANCELLED',
};

/** Events of one second, in the order in which they must have happened. */
const PLACES: Record<string, number> = {
  'payment_intent.succeeded': 0,
  'checkout.session.completed': 0,
  'checkout.session.async_payment_succeeded': 0,
  'charge.succeeded': 0,
  'charge.refunded': 1,
  'customer.subscription.created': 0,
  'customer.subscription.updated': 1,
  'customer.subscription.deleted': 2,
};
export const RECORDED_TYPES: readonly string[] = Object.keys(PLACES);

/**
 * The transaction or the subscription that an event tells of; null when it tells of none, or not of its amount.
 * @throws HubError INVALID_SHAPE
 */
export function recordOf(event: StripeEvent): ToldRecord | null {
  if (isAboutSubscription(event)) return subscriptionOf(event);
  return RECORDED_TYPES.includes(event.type) ? transactionOf(event) : null;
}

export const isAboutSubscription = ({ type }: StripeEvent): boolean =>
  type.startsWith('customer.subscription.') && RECORDED_TYPES.includes(type);

function transactionOf(event: StripeEvent): ToldRecord | null {
  const { object } = readShape(event, StripePayment).data;
  const { refunded, id, payment_intent: intent } = event.data.object;
  const isPayment = event.type !== 'charge.refunded';
  const { currency, amount_refunded: back } = object;
  const units = object.amount_received ?? object.amount_captured ?? object.amount_total ?? object.amount;
  if (units == null || currency == null) return null;
  return {
    entityType: 'TRANSACTION',
    reference: idOf(intent) ?? id,
    amount: amountOf(units, currency),
    currency,
    refunded: isPayment || back == null ? null : amountOf(back, currency),
    customers: customersOf(event),
    status: isPayment ? 'SUCCEEDED' : refunded ? 'REFUNDED' : 'PARTIALLY_REFUNDED',
    description: object.description ? [...object.description].slice(0, 500).join('') : null,
    occurredAt: isPayment ? timeOf(event.created) : timeOf(object.created),
    asOf: asOf(event),
  };
}

/** Null for a status that is not mapped. */
function subscriptionOf(event: StripeEvent): ToldSubscription | null {
  const { object } = readShape(event, StripeSubscription).data;
  const status = subscriptionStatusOf(event, object);
  if (!status) return null;
  const [first] = object.items.data;
  const { id, nickname, recurring } = first.price;
  return {
    entityType: 'BILLING_SUBSCRIPTION',
    reference: event.data.object.id,
    plan: nickname && nickname.trim() !== '' && nickname.length <= 255 ? nickname : id,
    amount: totalOf(object),
    currency: object.currency,
    customers: customersOf(event),
    status,
    interval: (recurring?.interval.toUpperCase() as BillingInterval | undefined) ?? null,
    startedAt: timeOf(object.start_date),
    currentPeriodStart: timeOf(first.current_period_start ?? object.current_period_start),
    currentPeriodEnd: timeOf(first.current_period_end ?? object.current_period_end),
    cancelAtPeriodEnd: object.cancel_at_period_end ?? null,
    cancelledAt: timeOf(object.canceled_at),
    asOf: asOf(event),
  };
}

function subscriptionStatusOf({ type }: StripeEvent, { status }: StripeSubscription): BillingSubscriptionStatus | null {
  if (type === 'customer.subscription.deleted') return 'CANCELLED';
  return Object.hasOwn(STATUSES, status) ? (STATUSES[status] ?? null) : null;
}

/** What a period costs; what is metered counts when it is billed. */
function totalOf({ items, currency }: StripeSubscription): string {
  const parts = items.data.map(({ price, quantity }) =>
    multiply(amountOf(price.unit_amount ?? 0, currency), quantity ?? 1),
  );
  return add(...parts);
}

function amountOf(units: number, currency: string): string {
  if (WITHOUT_UNITS.includes(currency)) return fromSmallest(String(units), 0);
  return fromSmallest(String(units), OF_THOUSANDS.includes(currency) ? 3 : 2);
}

function customersOf({ data: { object } }: StripeEvent): string[] {
  return [object.metadata?.customer_id, idOf(object.customer)].filter((name) => name != null);
}

const timeOf = (seconds: number | null | undefined): string | null =>
  seconds == null ? null : new Date(seconds * 1000).toISOString();

const asOf = ({ type, created }: StripeEvent): string => new Date(created * 1000 + (PLACES[type] ?? 0)).toISOString();
