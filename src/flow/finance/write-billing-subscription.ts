import type { BillingInterval, BillingSubscriptionStatus } from '../../model/statuses.js';
import type { Work } from '../work.js';
import { announceChange } from './announce-change.js';

/** What is left out or null stays as it is. Times are ISO 8601, the amount is decimal text. */
export interface SubscriptionFields {
  plan?: string | null | undefined;
  status?: BillingSubscriptionStatus | null | undefined;
  amount?: string | null | undefined;
  interval?: BillingInterval | null | undefined;
  customerId?: string | null | undefined;
  currentPeriodStart?: string | null | undefined;
  currentPeriodEnd?: string | null | undefined;
  cancelAtPeriodEnd?: boolean | null | undefined;
  cancelledAt?: string | null | undefined;
  /** When the source says that it is so; older than what is known: nothing happens. */
  asOf?: string | null | undefined;
}

const WRITE = `with before as materialized (
  select * from billing_subscriptions where id = $1 and coalesce($11::timestamptz >= source_at, true) for update),
wanted as (
  select coalesce($2, plan) as plan, coalesce($3, status) as status, coalesce($4::numeric, amount) as amount,
    coalesce($5, billing_interval) as billing_interval, coalesce($6, customer_id) as customer_id,
    coalesce($7::timestamptz, current_period_start) as current_period_start,
    coalesce($8::timestamptz, current_period_end) as current_period_end,
    coalesce($9::boolean, cancel_at_period_end) as cancel_at_period_end,
    case when coalesce($3, status) = 'CANCELLED' then coalesce($10::timestamptz, cancelled_at, now()) end as cancelled_at
  from before)
update billing_subscriptions s set plan = w.plan, status = w.status, amount = w.amount,
  billing_interval = w.billing_interval, customer_id = w.customer_id, current_period_start = w.current_period_start,
  current_period_end = w.current_period_end, cancel_at_period_end = w.cancel_at_period_end, cancelled_at = w.cancelled_at,
  source_at = coalesce($11::timestamptz, s.source_at), updated_at = now()
from wanted w, before b
where s.id = b.id and (w.*) is distinct from (b.plan, b.status, b.amount, b.billing_interval, b.customer_id,
  b.current_period_start, b.current_period_end, b.cancel_at_period_end, b.cancelled_at)
returning b.status as previous, s.status, s.reference`;

/** Writes what changed of a subscription, and sends and publishes it if anything did; answers its id. */
export async function writeSubscription(
  work: Work,
  { merchantId, id }: { merchantId: string; id: string },
  fields: SubscriptionFields,
): Promise<string> {
  const { plan, status, amount, interval, customerId, currentPeriodStart, currentPeriodEnd } = fields;
  const { cancelAtPeriodEnd, cancelledAt, asOf } = fields;
  const given = [plan, status, amount, interval, customerId, currentPeriodStart, currentPeriodEnd, cancelAtPeriodEnd];
  const values = [id, ...given, cancelledAt, asOf].map((value) => value ?? null);
  const [changed] = await work.tx.sql<{ previous: string; status: string; reference: string }>(WRITE, values);
  if (!changed) return id;
  const { previous: previousStatus, ...now } = changed;
  const entity = { merchantId, entityType: 'BILLING_SUBSCRIPTION', entityId: id } as const;
  await announceChange(work, { ...entity, ...now, previousStatus });
  return id;
}
