import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { newId } from '../../model/ids.js';
import { BillingInterval, BillingSubscriptionStatus } from '../../model/statuses.js';
import { amount, checkInput, currency, idempotencyKey, label, time } from '../check-input.js';
import { customerOf, payerSchema } from '../customers/customer-of.js';
import { makeOnce } from '../make-once.js';
import type { Services } from '../services.js';
import type { Origin } from '../sync/link-to.js';
import type { Work } from '../work.js';
import { announceNew } from './announce-new.js';
import { type SubscriptionFields, writeSubscription } from './write-billing-subscription.js';

/** What may change in a subscription's life. */
export const subscriptionFields = {
  plan: label().nullish(),
  status: z.enum(BillingSubscriptionStatus).nullish(),
  amount: amount.nullish(),
  interval: z.enum(BillingInterval).nullish(),
  currentPeriodStart: time.nullish(),
  currentPeriodEnd: time.nullish(),
  cancelAtPeriodEnd: z.boolean().nullish(),
  cancelledAt: time.nullish(),
  asOf: time.nullish(),
};

const recordBillingSubscriptionSchema = z.object({
  ...subscriptionFields,
  merchantId: label().nullish(),
  reference: label(),
  plan: label(),
  amount,
  currency,
  ...payerSchema,
  startedAt: time.nullish(),
  idempotencyKey,
});
export type RecordBillingSubscription = z.infer<typeof recordBillingSubscriptionSchema>;

const INSERT = `insert into billing_subscriptions (id, merchant_id, reference, plan, amount, currency, customer_id, status,
  billing_interval, started_at, current_period_start, current_period_end, cancel_at_period_end, cancelled_at, source_at)
values ($1, $2, $3, $4, $5, $6, $7, coalesce($8, 'ACTIVE'), coalesce($9, 'MONTH'), coalesce($10::timestamptz, now()), $11,
  $12, coalesce($13::boolean, false), case when $8 = 'CANCELLED' then coalesce($14::timestamptz, now()) end, $15)
on conflict (merchant_id, reference) do nothing returning status`;

const FIND = `select id, currency = $3 as fits from billing_subscriptions where merchant_id = $1 and reference = $2`;

/**
 * Takes a subscription, known by its `reference`, and sends it to every integration of the merchant that takes
 * subscriptions; answers its id. One that the hub has is brought up to date, unless `asOf` is older than what it knows.
 * `origin`: the system that has it already.
 * @throws HubError ALREADY_EXISTS for a reference of another currency, BAD_USER_INPUT, NOT_FOUND
 */
export function recordBillingSubscription(
  services: Services,
  caller: Caller,
  input: RecordBillingSubscription,
  origin?: Origin,
): Promise<string> {
  return services.db.transaction((tx) => recordBillingSubscriptionIn({ services, tx, caller }, input, origin));
}

/** The same in a transaction that does more. */
export async function recordBillingSubscriptionIn(
  work: Work,
  input: RecordBillingSubscription,
  origin?: Origin,
): Promise<string> {
  const wanted = checkInput(recordBillingSubscriptionSchema, input);
  const asked = { operation: 'createBillingSubscription', input: wanted };
  return makeOnce(work, asked, (merchantId) => recordOne(work, merchantId, wanted, origin));
}

async function recordOne(
  work: Work,
  merchantId: string,
  wanted: RecordBillingSubscription,
  origin?: Origin,
): Promise<string> {
  const customerId = await customerOf(work, merchantId, wanted);
  const { reference } = wanted;
  const id = newId('BillingSubscription');
  const [made] = await work.tx.sql<{ status: string }>(INSERT, [
    id,
    merchantId,
    reference,
    ...columns(wanted, customerId),
  ]);
  if (!made) return bringUpToDate(work, merchantId, wanted, customerId);
  const record = {
    merchantId,
    entityType: 'BILLING_SUBSCRIPTION',
    entityId: id,
    reference,
    status: made.status,
  } as const;
  await announceNew(work, record, origin);
  return id;
}

function columns(wanted: RecordBillingSubscription, customerId: string | null) {
  const { plan, amount, currency, status, interval, startedAt, currentPeriodStart, currentPeriodEnd } = wanted;
  const { cancelAtPeriodEnd, cancelledAt, asOf } = wanted;
  const given = [plan, amount, currency, customerId, status, interval, startedAt, currentPeriodStart, currentPeriodEnd];
  return [...given, cancelAtPeriodEnd, cancelledAt, asOf].map((value) => value ?? null);
}

async function bringUpToDate(
  work: Work,
  merchantId: string,
  { reference, currency, ...wanted }: RecordBillingSubscription,
  customerId: string | null,
): Promise<string> {
  const [known] = await work.tx.sql<{ id: string; fits: boolean }>(FIND, [merchantId, reference, currency]);
  if (!known?.fits) {
    const message = `There is a subscription ${reference} in another currency: record this one under a reference of its own.`;
    throw new HubError('ALREADY_EXISTS', message, { path: ['reference'] });
  }
  const fields: SubscriptionFields = { ...wanted, customerId };
  return writeSubscription(work, { merchantId, id: known.id }, fields);
}
